package node_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Whoever writes a script is told what could stand there, what it is, what is
// wrong and what mends it; and before something is moved or drained, what would
// come of it.
func TestWritingAndForeseeing(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.startAll()
	n, ctx := c.nodes["a"], t.Context()

	t.Run("complete", func(t *testing.T) {
		text := "# ä ward\ncount : std.CountT"
		items, err := n.Complete(ctx, control.ScriptPlace{Deployment: control.Deployment{Name: "x", Script: text}, Line: 2, Col: 19})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(items, func(c control.Completion) bool { return strings.Contains(c.Label+c.Text, "CountTimer") })
		if i < 0 {
			t.Fatalf("nothing like CountTimer among %d completions", len(items))
		}
		if got := items[i]; got.Line != 2 || got.EndCol != 19 || got.Kind != "actor type" || got.Doc == "" {
			t.Errorf("completion %+v", got)
		}
	})
	t.Run("hover", func(t *testing.T) {
		note, err := n.Hover(ctx, control.ScriptPlace{Deployment: control.Deployment{Script: counting}, Line: 2, Col: 15})
		if err != nil || !strings.Contains(note.Text, "CountTimer") || note.Line != 2 {
			t.Errorf("hover %+v, %v", note, err)
		}
		note, err = n.Hover(ctx, control.ScriptPlace{Deployment: control.Deployment{Script: counting}, Line: 99, Col: 99})
		if err != nil || note.Text != "" {
			t.Errorf("beyond the end: %+v, %v, want nothing", note, err)
		}
	})
	t.Run("check says where it ends and what mends it", func(t *testing.T) {
		issues, err := n.Check(ctx, control.Deployment{Name: "x", Script: "count : std.CountTimr(sleep=1)\ncount.integer > voidport\n"})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range issues {
			if i.Severity == "error" && len(i.Fixes) > 0 && i.EndCol > i.Col {
				if e := i.Fixes[0].Edits[0]; strings.Contains(e.Text, "CountTimer") && e.Line == 1 {
					return
				}
			}
		}
		t.Errorf("no issue that says so: %+v", issues)
	})
	t.Run("format", func(t *testing.T) {
		text, err := n.Format(ctx, control.Deployment{File: "x.calvin", Script: "count:std.CountTimer( sleep=1 )\ncount.integer>voidport\n"})
		if err != nil || !strings.Contains(text, "count : std.CountTimer(sleep=1)\n") {
			t.Errorf("formatted %q, %v", text, err)
		}
		var bad *control.ScriptError
		if _, err := n.Format(ctx, control.Deployment{File: "x.calvin", Script: "count : (\n"}); !errors.As(err, &bad) {
			t.Errorf("a broken script: %v, want its mistakes", err)
		}
	})
	t.Run("types and explanations", func(t *testing.T) {
		types, err := n.Types(ctx)
		if err != nil || !slices.ContainsFunc(types, func(s flow.Spec) bool { return s.Name == "std.Sum" && len(s.In) == 1 }) {
			t.Errorf("%d types, %v, and no std.Sum", len(types), err)
		}
		page, err := n.Explain(ctx, "WF0102")
		if err != nil || page.Title == "" || page.Bad == "" || page.Good == "" {
			t.Errorf("the page of WF0102: %+v, %v", page, err)
		}
		if _, err := n.Explain(ctx, "WF9999"); !errors.Is(err, control.ErrNotFound) {
			t.Errorf("a code that there is not: %v", err)
		}
	})

	c.deploy("a", "app", strings.ReplaceAll(counting, "apply sink : c", "apply sink : b")+"free : test.Sink(quiet=true)\ncount.integer > free.token\n")
	c.until("a", "all runs", func(s *control.Snapshot) bool { return len(s.Apps) == 1 && s.Apps[0].State == control.Running })
	t.Run("choices", func(t *testing.T) {
		all, err := n.Choices(ctx, "app:sum")
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v, want two", all, err)
		}
		if a, b := all[0], all[1]; a.Fit || !strings.Contains(a.Why, "rule b") || !b.Fit || !b.Here {
			t.Errorf("choices %+v", all)
		}
		all, err = n.Choices(ctx, "app:free")
		if err != nil || len(all) != 2 || !all[0].Fit || !all[1].Fit {
			t.Errorf("choices of what may run anywhere: %+v, %v", all, err)
		}
		if _, err := n.Choices(ctx, "app:none"); !errors.Is(err, control.ErrNotFound) {
			t.Errorf("no such actor: %v", err)
		}
	})
	t.Run("draining", func(t *testing.T) {
		all, err := n.Draining(ctx, "b")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(p control.Planned) bool { return p.ID == "app:sum" })
		if i < 0 || all[i].From != "b" || all[i].Node != "b" || all[i].Change != control.ChangeKeep || !strings.Contains(strings.Join(all[i].Why, "; "), "no other node fits") {
			t.Errorf("draining b: %+v, want that app:sum can't leave", all)
		}
		if _, err := n.Draining(ctx, "none"); !errors.Is(err, control.ErrNotFound) {
			t.Errorf("no such node: %v", err)
		}
	})
}
