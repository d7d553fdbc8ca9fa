package netactors

import "context"

// An inbox holds what goroutines have brought and the actor has not given yet.
// It is there before the actor starts, since the actions name it; wake is set
// when it does.
type inbox[T any] struct {
	came  chan T
	wake  func()
	front []T // at most one: the actor's
}

func newInbox[T any](room int) *inbox[T] { return &inbox[T]{came: make(chan T, room)} }

// put waits for room, so that who sends must wait as well; it is false when
// ctx has ended.
func (b *inbox[T]) put(ctx context.Context, v T) bool {
	select {
	case b.came <- v:
		b.wake()
		return true
	case <-ctx.Done():
		return false
	}
}

// offer is false when there is no room.
func (b *inbox[T]) offer(v T) bool {
	select {
	case b.came <- v:
		b.wake()
		return true
	default:
		return false
	}
}

// ready reports whether there is something to take. The actor alone asks.
func (b *inbox[T]) ready() bool {
	if len(b.front) == 0 {
		select {
		case v := <-b.came:
			b.front = append(b.front, v)
		default:
		}
	}
	return len(b.front) > 0
}

// take takes it.
func (b *inbox[T]) take() T {
	v := b.front[0]
	b.front = b.front[:0]
	return v
}
