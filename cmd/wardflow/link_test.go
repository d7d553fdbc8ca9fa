package main

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Links of two applications can be told apart, in the form that "link why"
// takes, and both ends are named.
func TestLinkTableNamesTheApplication(t *testing.T) {
	end := func(app, actor string) flow.Endpoint {
		return flow.Endpoint{Actor: flow.ActorID(app + ":" + actor), Port: "token"}
	}
	var links []control.LinkState
	for _, app := range []string{"day", "night"} {
		links = append(links, control.LinkState{App: app, From: end(app, "a"), To: end(app, "b"), Up: true,
			Peer: &flow.Identity{URI: "spiffe://h1/device/x"}, Taker: &flow.Identity{URI: "spiffe://h1/node/y"}})
	}
	var b strings.Builder
	linkTable(links, "", full).write(&b)
	for _, want := range []string{"day:a.token", "night:b.token", "h1/device/x > h1/node/y"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table has no %q:\n%s", want, b.String())
		}
	}
}

func TestLinkThatCarriesNothingIsAnError(t *testing.T) {
	for _, c := range []struct {
		why  control.LinkWhy
		want string
	}{
		{control.LinkWhy{Link: "w:a.out > w:b.in", May: true}, ""},
		{control.LinkWhy{Link: "w:a.out > w:b.in"}, "carries nothing"},
		{control.LinkWhy{From: "w:a", To: "w:b", May: true}, "no link from w:a to w:b"},
	} {
		if err := carries(&c.why); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.why, err, c.want)
		}
	}
}
