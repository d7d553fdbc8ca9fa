package mqtt

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// A Broker is one that scripts on this node may reach, and how.
type Broker struct {
	URL      string // mqtt://host:1883, or mqtts://host:8883
	Username string // where the script names none
	Password string
	TLS      *tls.Config // of mqtts; nil: the system's roots
	Topics   []string    // filters of what scripts may publish and subscribe to; none: nothing
}

// Brokers are all that scripts on this node may reach. Which ones, the node's
// configuration says; a script can't add any.
type Brokers struct {
	log *slog.Logger
	of  []Broker
}

// NewBrokers checks the list.
func NewBrokers(of []Broker, log *slog.Logger) (*Brokers, error) {
	for _, b := range of {
		if _, err := parseBroker(b.URL); err != nil {
			return nil, err
		}
		if len(b.Topics) == 0 {
			return nil, fmt.Errorf(`broker %s: topics are missing: say what scripts may use there, such as "ward/#"`, b.URL)
		}
		for _, t := range b.Topics {
			if err := CheckFilter(t); err != nil {
				return nil, fmt.Errorf("broker %s: %w", b.URL, err)
			}
		}
	}
	return &Brokers{log: log, of: of}, nil
}

// A Request is what an actor asks of a broker.
type Request struct {
	Host     string
	Port     int
	ClientID string
	Username string // "" is what the node's configuration has
	Password string
	Will     *Message
	Topics   []string // to subscribe to; none: only to publish
	QoS      byte
	Wake     func()
}

// A Conn is an actor's connection to a broker. [Client] says what each does.
type Conn interface {
	Next() (Message, bool)
	Take(Message)
	MayPublish(topic string) error
	Publisher
	Close() error
}

// session is how long a broker keeps what comes for an actor that is moving or
// restarting.
const session = time.Hour

// Open connects an actor, if what it asks for is allowed.
func (b *Brokers) Open(r Request) (Conn, error) {
	broker, u, err := b.find(r.Host, r.Port)
	if err != nil {
		return nil, err
	}
	for _, t := range r.Topics {
		if err := CheckFilter(t); err != nil {
			return nil, err
		}
		if err := broker.allows(t); err != nil {
			return nil, err
		}
	}
	if r.Will != nil {
		if err := errors.Join(CheckTopic(r.Will.Topic), broker.allows(r.Will.Topic)); err != nil {
			return nil, err
		}
	}
	cfg := Config{Broker: u, ClientID: r.ClientID, Username: broker.Username, Password: broker.Password, TLS: broker.TLS,
		Will: r.Will, Topics: r.Topics, QoS: r.QoS, Session: session, Wake: r.Wake, Log: b.log}
	if r.Username != "" {
		cfg.Username, cfg.Password = r.Username, r.Password
	}
	c, err := Connect(cfg)
	if err != nil {
		return nil, err
	}
	return limited{c, broker}, nil
}

func (b *Brokers) find(host string, port int) (Broker, string, error) {
	want := net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))
	var known []string
	for _, broker := range b.of {
		u, err := parseBroker(broker.URL)
		if err != nil {
			return Broker{}, "", err
		}
		if strings.ToLower(u.Host) == want {
			return broker, u.String(), nil
		}
		known = append(known, u.Host)
	}
	if len(known) == 0 {
		known = []string{"none"}
	}
	return Broker{}, "", fmt.Errorf("this node does not allow the broker %s; it allows %s", want, strings.Join(known, ", "))
}

// allows refuses a topic or filter that reaches beyond what is listed.
func (b *Broker) allows(filter string) error {
	for _, t := range b.Topics {
		if within(t, filter) && (!strings.HasPrefix(filter, "$") || strings.HasPrefix(t, "$")) {
			return nil
		}
	}
	return fmt.Errorf("this node does not allow the topic %s at %s; it allows %s", filter, b.URL, strings.Join(b.Topics, ", "))
}

// limited is a connection that publishes only where it may.
type limited struct {
	*Client
	broker Broker
}

// MayPublish refuses a topic that is none, or is not allowed.
func (l limited) MayPublish(topic string) error {
	return errors.Join(CheckTopic(topic), l.broker.allows(topic))
}
