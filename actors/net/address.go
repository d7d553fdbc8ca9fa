package netactors

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An address is a host and a port.
type address struct {
	host string
	port int
}

// readURI reads tcp://host:port or udp://host:port.
func readURI(v flow.Value, scheme string) (address, error) {
	uri, ok := v.(string)
	if !ok {
		return address{}, fmt.Errorf("uri: want a string, not %s", value.Kind(v))
	}
	rest, ok := strings.CutPrefix(uri, scheme+"://")
	if !ok {
		return address{}, fmt.Errorf("uri %q: want %s://HOST:PORT", uri, scheme)
	}
	a, err := readAddress(rest)
	if err != nil {
		return address{}, fmt.Errorf("uri %q: want %s://HOST:PORT", uri, scheme)
	}
	return a, nil
}

// readAddress reads host:port.
func readAddress(s string) (address, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return address{}, fmt.Errorf("address %q: want HOST:PORT", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return address{}, fmt.Errorf("address %q: want HOST:PORT with a port of 0 to 65535", s)
	}
	return address{host, int(n)}, nil
}

// control reads what is to be done: {key: verb, "uri": …}.
func control(v flow.Value, key, begin, end, scheme string) (a address, on bool, err error) {
	dict, ok := v.(map[string]any)
	if !ok {
		return a, false, fmt.Errorf("%w: want {%q: %q or %q, \"uri\": \"%s://HOST:PORT\"}, not %s", flow.ErrUnfit, key, begin, end, scheme, value.Kind(v))
	}
	switch dict[key] {
	case begin:
		if a, err = readURI(dict["uri"], scheme); err != nil {
			err = fmt.Errorf("%w: %w", flow.ErrUnfit, err)
		}
		return a, true, err
	case end:
		return a, false, nil
	}
	return a, false, fmt.Errorf("%w: %s: want %q or %q, not %s", flow.ErrUnfit, key, begin, end, value.Text(dict[key]))
}
