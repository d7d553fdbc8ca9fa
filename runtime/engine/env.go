package engine

import (
	"log/slog"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// env is what an actor sees of its node.
type env struct{ c *cell }

func (v env) ID() flow.ActorID      { return v.c.id }
func (v env) Log() *slog.Logger     { return v.c.eng.cfg.Log.With("actor", v.c.id) }
func (v env) Now() time.Time        { return time.Now() }
func (v env) Wake()                 { v.c.wake() }
func (v env) WakeAt(t time.Time)    { v.c.timer.at(t) }
func (v env) Identity() flow.Signer { return *v.c.signer.Load() }

func (v env) Capability(name string) (any, error) {
	return v.c.eng.cfg.Capability(v.c.id, name)
}
