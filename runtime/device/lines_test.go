package device_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// No line is lost, however slowly they are taken.
func TestLines(t *testing.T) {
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "line %d\r\n", i)
	}
	in := device.NewLines(strings.NewReader(text.String() + "last"))
	if _, err := in.Read(time.Time{}); !errors.Is(err, device.ErrSilent) {
		t.Errorf("Read before the first watcher = %v, want ErrSilent", err)
	}
	woken := make(chan struct{}, 1)
	feed := in.Watch(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	defer feed.Close()
	for i := range 502 {
		v, ok, err := feed.Next(time.Time{})
		for ; !ok && err == nil; v, ok, err = feed.Next(time.Time{}) {
			<-woken
		}
		want := flow.Value(fmt.Sprint("line ", i))
		switch i {
		case 500:
			want = "last"
		case 501:
			want = flow.EOS
		}
		if !reflect.DeepEqual(v, want) || err != nil {
			t.Fatalf("line %d is %v, %v", i, v, err)
		}
	}
	late := in.Watch(func() {})
	if v, ok, _ := late.Next(time.Time{}); !ok || !flow.IsEOS(v) {
		t.Errorf("who watches after the end gets %v", v)
	}
}

// A watcher that goes does not hold up the others.
func TestLinesOfOneWhoGoes(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	in := device.NewLines(r)
	slow, woken := in.Watch(func() {}), make(chan struct{}, 1000)
	quick := in.Watch(func() { woken <- struct{}{} })
	defer quick.Close()
	go func() {
		for i := range 100 {
			fmt.Fprintln(w, i)
		}
	}()
	for i := range 100 {
		if i == 50 {
			slow.Close()
		}
		v, ok, _ := quick.Next(time.Time{})
		for ; !ok; v, ok, _ = quick.Next(time.Time{}) {
			<-woken
		}
		if v != fmt.Sprint(i) {
			t.Fatalf("line %d is %v", i, v)
		}
	}
}

func TestAttributes(t *testing.T) {
	a := device.Indexed(flow.Attributes{"address": {"floor": "3", "room": "icu-3"}}, "bedside")
	for path, want := range map[string]flow.Value{
		"address.floor": "3", "address": map[string]any{"floor": "3", "room": "icu-3"}, "node_name.name": "bedside",
		"address.street": nil, "address.floor.x": nil, "": nil, "owner.role": nil,
	} {
		if got := a.At(path); !reflect.DeepEqual(got, want) {
			t.Errorf("At(%s) = %v, want %v", path, got, want)
		}
	}
}
