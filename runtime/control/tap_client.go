package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// A TapEvent is one event of a tap, as a [Client] gives it out: Kind says which
// of the others is set.
type TapEvent struct {
	APIVersion string `json:"apiVersion"`

	Kind    TapKind     `json:"event"`
	About   *TapAbout   `json:"tap,omitempty"`
	Token   *TapToken   `json:"token,omitempty"`
	Skipped *TapSkipped `json:"skipped,omitempty"`
	Why     string      `json:"why,omitempty"` // of the end
}

// Tap calls see with each event of a tap, until see returns false, the tap has
// ended by itself, or ctx is done. The first event is of kind [TapIsAbout].
func (c *Client) Tap(ctx context.Context, q TapQuery, see func(TapEvent) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	path := "/links/" + url.PathEscape(string(q.Link)) + "/tap"
	if q.Patients {
		path += "?patients=true"
	}
	resp, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	name := ""
	for in := bufio.NewReader(resp.Body); ; {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("tap %s: %w", q.Link, c.reached(ctx, err))
		}
		field, value, _ := bytes.Cut(bytes.TrimRight(line, "\n"), []byte(": "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			e, err := tapEvent(TapKind(name), value)
			if err != nil {
				return err
			}
			if e.Kind != "" && (!see(e) || e.Kind == TapEnds) {
				return nil
			}
		}
	}
}

// tapEvent reads the data of one event. Of a kind that is not known here it is
// the zero event.
func tapEvent(kind TapKind, data []byte) (TapEvent, error) {
	e := TapEvent{APIVersion: APIVersion, Kind: kind}
	var into any
	end := struct{ Why string }{}
	switch kind {
	case TapIsAbout:
		e.About = new(TapAbout)
		into = e.About
	case TapHas:
		e.Token = new(TapToken)
		into = e.Token
	case TapSkips:
		e.Skipped = new(TapSkipped)
		into = e.Skipped
	case TapEnds:
		into = &end
	default:
		return TapEvent{}, nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return TapEvent{}, fmt.Errorf("read a tap's %s: %w", kind, err)
	}
	e.Why = end.Why
	return e, nil
}
