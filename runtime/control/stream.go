package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// events is the stream of snapshots (Server-Sent Events). Its events are
//
//	snapshot  a Snapshot; the id is "BOOT-NUMBER", and can be resumed from
//	skipped   {"skipped": n}, ahead of a snapshot: n before it were not sent
//	problem   a Problem: the node could not take a snapshot
//	bye       the stream ends on purpose: {"why": …}
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	from := s.hubFor(CallerOf(r))
	v, err := from.join(s.resume(r))
	if err != nil {
		problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "%v", err).
			hint("close another page, or watch through another node").write(w)
		return
	}
	defer v.leave()
	ctx, cancel := context.WithDeadlineCause(r.Context(), CallerOf(r).Until, errors.New("log in again: your certificate or session has ended"))
	defer cancel()

	w.Header().Set("Content-Type", "text/event-stream")
	out := &eventWriter{w: w, rc: http.NewResponseController(w), patience: s.cfg.Patience}
	if out.send(": hello\nretry: 1000\n\n") != nil {
		return
	}
	beat := time.NewTicker(s.cfg.Heartbeat)
	defer beat.Stop()
	changed := s.changed()
	for {
		select {
		case <-changed:
			changed = s.changed()
			if p := s.watches(r, from); p != nil {
				_ = out.event("", "bye", fmt.Appendf(nil, `{"why":%q}`, p.Detail))
				return
			}
		case <-ctx.Done():
			if r.Context().Err() == nil {
				_ = out.event("", "bye", fmt.Appendf(nil, `{"why":%q}`, context.Cause(ctx)))
			}
			return
		case <-beat.C:
			// A connection outlives a revocation or a right; a viewing does not.
			if p := s.watches(r, from); p != nil {
				_ = out.event("", "bye", fmt.Appendf(nil, `{"why":%q}`, p.Detail))
				return
			}
			err = out.send(": still here\n\n")
		case <-v.ready:
			f, skipped, open := v.next()
			if !open {
				_ = out.event("", "bye", []byte(`{"why":"the node is stopping"}`))
				return
			}
			if skipped > 0 {
				err = out.event("", "skipped", fmt.Appendf(nil, `{"skipped":%d}`, skipped))
			}
			switch {
			case err != nil || f.seq == 0:
			case f.failed:
				err = out.event("", "problem", f.data)
			default:
				err = out.event(s.boot+"-"+strconv.FormatUint(f.seq, 10), "snapshot", f.data)
			}
		}
		if err != nil {
			return // the viewer has gone, or takes nothing any more
		}
	}
}

// resume is the number of the last snapshot that the viewer saw of this
// process, or 0. An id of an earlier process says nothing here.
func (s *Server) resume(r *http.Request) uint64 {
	boot, seq, _ := strings.Cut(r.Header.Get("Last-Event-ID"), "-")
	if boot != s.boot {
		return 0
	}
	n, err := strconv.ParseUint(seq, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// An eventWriter writes events of which data is one line, each within patience.
type eventWriter struct {
	w        http.ResponseWriter
	rc       *http.ResponseController
	patience time.Duration
	buf      bytes.Buffer
}

func (e *eventWriter) event(id, name string, data []byte) error {
	e.buf.Reset()
	if id != "" {
		fmt.Fprintf(&e.buf, "id: %s\n", id)
	}
	fmt.Fprintf(&e.buf, "event: %s\ndata: %s\n\n", name, data)
	return e.send(e.buf.String())
}

func (e *eventWriter) send(text string) error {
	if err := e.rc.SetWriteDeadline(time.Now().Add(e.patience)); err != nil {
		return err
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.rc.Flush()
}

// take is one snapshot as the stream sends it.
func (s *Server) take(ctx context.Context) ([]byte, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(snap)
}
