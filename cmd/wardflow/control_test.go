package main

import (
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// The scripts of testdata/control talk to a ward that only looks alive. Each
// finds $WORK/wardflow-data/context.yaml, the certificates staff/admin,
// node/records and stranger/admin, and $NODE; the command ward misbehaves:
//
//	ward refuse LINK WHY
//	ward down NODE WHY
//	ward up NODE
//	ward suspect NODE
//	ward lack           a host with rules
//	ward spill TOKENS
//	ward fill LINK
//	ward alarm KIND
//	ward mend KIND
func TestControlScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/control",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return serveWard(env, t) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"await": awaitFile,
			"ward": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) == 0 {
					ts.Fatalf("usage: ward WHAT [ARGS]")
				}
				args = append(args, "", "")
				misbehave(ts.Value(wardKey{}).(*controltest.Ward), args[0], args[1], args[2])
			},
		},
	})
}

func misbehave(w *controltest.Ward, how, what, why string) {
	switch how {
	case "refuse":
		w.Refuse(flow.LinkID(what), why)
	case "down":
		w.Down(flow.NodeID(what), why)
	case "up":
		w.Down(flow.NodeID(what), "")
	case "suspect":
		w.Suspect(flow.NodeID(what), true)
	case "lack":
		w.Lack(true)
	case "alarm", "mend":
		w.Alarm(flow.AlarmKind(what), how == "mend")
	case "fill":
		w.Fill(flow.LinkID(what), 241)
	case "spill":
		tokens, _ := strconv.Atoi(what) // a script with a mistake spills 0
		w.Spill(tokens)
	default:
		panic("ward " + how + ": no such misbehaviour")
	}
}

type wardKey struct{}

func serveWard(env *testscript.Env, t *testing.T) error {
	at := controltest.Begin.Add(10 * time.Minute) // so that what is printed is always the same
	w := controltest.New(func() time.Time { return at })
	env.Values[wardKey{}] = w
	_, err := servePeople(env, t, w, func(h *pkitest.Hospital) map[string]flow.Signer {
		return map[string]flow.Signer{"node/records": h.Node("records")}
	})
	return err
}
