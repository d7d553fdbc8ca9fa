package mqtt

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Publisher publishes messages; see [Client.Publish].
type Publisher interface {
	Publish(ctx context.Context, m Message) error
}

// Memory is a broker inside this process, whatever host a script names. It is
// what scripts use where there is no node.
type Memory struct {
	mu        sync.Mutex // guards what follows
	conns     []*memoryConn
	published []Message
}

// Open connects an actor.
func (b *Memory) Open(r Request) (Conn, error) {
	for _, t := range r.Topics {
		if err := CheckFilter(t); err != nil {
			return nil, err
		}
	}
	if r.Wake == nil {
		r.Wake = func() {}
	}
	c := &memoryConn{broker: b, request: r}
	b.mu.Lock()
	b.conns = append(b.conns, c)
	b.mu.Unlock()
	return c, nil
}

// Set publishes {topic, payload}, as the statement set of a test does.
func (b *Memory) Set(v flow.Value) error {
	dict, _ := v.(map[string]any)
	topic, ok := dict["topic"].(string)
	payload, text := dict["payload"].(string)
	if !ok || !text || len(dict) != 2 {
		return fmt.Errorf("want a message {topic, payload}, two strings, not %v", v)
	}
	return b.Publish(context.Background(), Message{Topic: topic, Payload: []byte(payload)})
}

// Publish gives a message to everybody who has subscribed to its topic.
func (b *Memory) Publish(_ context.Context, m Message) error {
	if err := CheckTopic(m.Topic); err != nil {
		return err
	}
	b.mu.Lock()
	b.published = append(b.published, m)
	b.published = b.published[max(0, len(b.published)-waiting):]
	var told []func()
	for _, c := range b.conns {
		if slices.ContainsFunc(c.request.Topics, func(f string) bool { return Match(f, m.Topic) }) {
			c.arrived = append(c.arrived, m)
			told = append(told, c.request.Wake)
		}
	}
	b.mu.Unlock()
	for _, wake := range told {
		wake()
	}
	return nil
}

// Published are the last 1024 messages, oldest first.
func (b *Memory) Published() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.published)
}

type memoryConn struct {
	broker  *Memory
	request Request
	arrived []Message // guarded by broker.mu
}

func (c *memoryConn) Next() (Message, bool) {
	c.broker.mu.Lock()
	defer c.broker.mu.Unlock()
	if len(c.arrived) == 0 {
		return Message{}, false
	}
	return c.arrived[0], true
}

// Instant says that publishing does not wait for anybody.
func (c *memoryConn) Instant() {}

func (c *memoryConn) Take(Message) {
	c.broker.mu.Lock()
	defer c.broker.mu.Unlock()
	if len(c.arrived) > 0 {
		c.arrived = c.arrived[1:]
	}
}

func (c *memoryConn) MayPublish(topic string) error { return CheckTopic(topic) }

func (c *memoryConn) Publish(ctx context.Context, m Message) error { return c.broker.Publish(ctx, m) }

func (c *memoryConn) Close() error {
	c.broker.mu.Lock()
	defer c.broker.mu.Unlock()
	c.broker.conns = slices.DeleteFunc(c.broker.conns, func(d *memoryConn) bool { return d == c })
	return nil
}
