package ioactors_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	ioactors "github.com/wardflow/wardflow/actors/io"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	b := actortest.Start(t, actortest.NewEnv().Offer("io.stdout", &out), ioactors.Print(), nil)
	b.Feed("token", "This", int64(7), map[string]any{"a": true}, flow.EOS)
	b.Run()
	if got, want := out.String(), "This\n7\n{\"a\":true}\nEnd of stream\n"; got != want {
		t.Errorf("prints %q, want %q", got, want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("pipe is closed") }

// A token that could not be printed stays.
func TestPrintKeepsWhatItCouldNotPrint(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv().Offer("io.stdout", broken{}), ioactors.Print(), nil)
	b.Feed("token", "x")
	if err := b.TryRun(); err == nil || err.Error() != "print: pipe is closed" || b.Left("token") != 1 {
		t.Errorf("TryRun = %v with %d tokens left, want an error and 1", err, b.Left("token"))
	}
}

func TestPrintNeedsStdout(t *testing.T) {
	for name, env := range map[string]*actortest.Env{
		"none":        actortest.NewEnv(),
		"wrong thing": actortest.NewEnv().Offer("io.stdout", 7),
	} {
		a, err := actortest.New(ioactors.Print(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.(flow.Starter).Start(env); err == nil || !strings.Contains(err.Error(), "io.stdout") {
			t.Errorf("Start with %s = %v, want an error that names io.stdout", name, err)
		}
	}
}

func TestLog(t *testing.T) {
	for level, want := range map[string]string{"INFO": "INFO", "WARNING": "WARN", "ERROR": "ERROR"} {
		env := actortest.NewEnv()
		b := actortest.Start(t, env, ioactors.Log(), map[string]flow.Value{"loglevel": level})
		b.Feed("data", "hello", flow.EOS)
		b.Run()
		lines := []string{
			"level=" + want + ` msg="token logged" from=test:feed token=hello`,
			"level=" + want + ` msg="token logged" from=test:feed token="End of stream"`}
		if got := env.Logged(); !slices.Equal(got, lines) {
			t.Errorf("logs %q, want %q", got, lines)
		}
	}
	if _, err := actortest.New(ioactors.Log(), map[string]flow.Value{"loglevel": "LOUD"}); err == nil {
		t.Error("loglevel LOUD gives no error")
	}
}
