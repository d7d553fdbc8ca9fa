package ward

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// RuleCheck is ward.RuleCheck.
//
// The group whose rules judge a reading comes from the certificate of the
// device that signed it, never from the token. A reading whose rules can't be
// known now waits.
func RuleCheck() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "ward.RuleCheck", Fault: flow.FaultRetry,
			Doc: "Judge readings by the rules on the chain, and sign what was found of each window",
			In:  []flow.Port{{Name: "in", Doc: "from one or more collectors", Routing: "collect-unordered"}},
			Out: []flow.Port{
				{Name: "passed", Doc: "accepted readings, and windows with a judgment added"},
				{Name: "refused", Doc: "a dictionary for each refused reading: who, what, why"}},
			Requires: []string{"identities", "rules"},
			State:    2},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &ruleCheck{judge: judge{memory: memory{most: mostTraces}}}, nil
		},
	}
}

type ruleCheck struct {
	judge
	env   flow.Env
	found findings
}

// Start takes the rules and the certificates.
func (c *ruleCheck) Start(env flow.Env) error {
	c.env = env
	return c.judge.start(env)
}

// Actions take one token at a time.
func (c *ruleCheck) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"passed", "refused"}, Fire: c.fire}}
}

const passed, refused = 0, 1 // the out-ports

func (c *ruleCheck) fire(f *flow.Firing) error {
	t := f.In[0].Value
	if patient, s, ok := carried(t); ok {
		return c.check(f, patient, s)
	}
	if s, ok := t.(flow.Sealed); ok && s.Kind == proof.KindWindow {
		return c.window(f, s)
	}
	if m, ok := t.(map[string]any); ok {
		if d, ok := m[keyRefused].(map[string]any); ok {
			r, v := refusedReading(d)
			c.report(r, v, f.Now)
			f.Give(refused, d)
			return nil
		}
	}
	v := unsigned("", fmt.Errorf("%s is neither a reading nor a window", value.Kind(t)))
	f.Give(refused, refusal("check", "", f.Peers[0], nil, v, f.Now))
	return nil
}

func (c *ruleCheck) check(f *flow.Firing, patient string, s flow.Sealed) error {
	r, v, err := c.reading(patient, s, f.Now)
	if err != nil {
		return err
	}
	if err := c.log(proof.AtCollector, s, r, v, f.Now); err != nil {
		return err
	}
	if r == nil {
		c.found.add(proof.LeafHash(s.Bytes), proof.Finding{Verdict: v})
	} else {
		c.found.add(r.Leaf, proof.Find(v, &r.Reading))
	}
	if v.OK() {
		c.accept(patient, r)
		f.Give(passed, f.In[0].Value)
		return nil
	}
	if v.Reason == flow.BadSignature { // found here, not by the rules
		of := &flow.Reading{}
		if r != nil {
			of = &r.Reading
		}
		c.report(of, v, f.Now)
	}
	f.Give(refused, refusal("check", patient, f.Peers[0], r, v, f.Now))
	return nil
}

// window adds what was found of each leaf. A window that can't be opened or
// judged goes on as it is: the store keeps it apart and says why.
func (c *ruleCheck) window(f *flow.Firing, s flow.Sealed) error {
	w, err := openWindow(c.identities, s)
	if err != nil {
		f.Give(passed, s)
		return nil
	}
	found := make([]proof.Finding, len(w.Leaves))
	for i, leaf := range w.Leaves {
		var known bool
		if found[i], known = c.found.of[leaf]; !known {
			found[i].Verdict = flow.Verdict{Reason: flow.MissingField, Clause: "the reading never came to the check"}
		}
	}
	judged, err := w.Judge(c.env.Identity(), found, f.Now)
	switch {
	case errors.Is(err, proof.ErrForm), errors.Is(err, proof.ErrVerdict):
		judged = s
	case err != nil:
		return err
	}
	c.found.drop(w.Leaves)
	f.Give(passed, judged)
	return nil
}

// Save writes the findings that wait for their windows, counted, and the memory.
func (c *ruleCheck) Save() ([]byte, error) {
	found, err := c.found.save()
	if err != nil {
		return nil, err
	}
	b := binary.AppendUvarint(make([]byte, 0, len(found)+256), uint64(len(found)))
	return c.memory.save(append(b, found...)), nil
}

// Restore reads what Save wrote. Version 1 had the findings alone.
func (c *ruleCheck) Restore(version int, state []byte) error {
	switch version {
	case 1:
		return c.found.restore(1, state)
	case 2:
		n, size := binary.Uvarint(state)
		if size <= 0 || n > uint64(len(state)-size) {
			return errFindings
		}
		found := state[size:][:n]
		if err := c.found.restore(1, found); err != nil {
			return err
		}
		return c.memory.restore(state[size:][n:])
	}
	return fmt.Errorf("state is of version %d, this type knows 1 and 2", version)
}
