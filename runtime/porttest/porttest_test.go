package porttest

import (
	"net"
	"testing"
)

func TestAddress(t *testing.T) {
	a := Address(t)
	next.Add(^uint32(0)) // as if it were its turn again
	l, err := net.Listen("tcp", a)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if b := Address(t); b == a {
		t.Errorf("%s is given though somebody listens there", b)
	}
	if c, d := Address(t), Address(t); c == d {
		t.Errorf("%s is given twice", c)
	}
}
