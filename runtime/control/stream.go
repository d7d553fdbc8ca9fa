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
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/control/merge"
)

// events is the stream of snapshots (Server-Sent Events). Its events are
//
//	snapshot  a Snapshot; the id is "BOOT-NUMBER", and can be resumed from
//	changes   with ?changes in place of a snapshot, where the one before it was sent:
//	          what makes the next one of it, as package merge writes it
//	skipped   {"skipped": n}, ahead of a snapshot: n before it were not sent
//	problem   a Problem: the node could not take a snapshot
//	bye       the stream ends on purpose: {"why": …}
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	from := s.hubFor(CallerOf(r))
	v, err := from.join(resume(r, from.name), r.URL.Query().Has("changes"))
	if err != nil {
		problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "%v", err).
			hint("close another page, or watch through another node").write(w)
		return
	}
	defer v.leave()
	ctx, cancel := context.WithDeadlineCause(r.Context(), CallerOf(r).Until, errors.New("log in again: your certificate or session has ended"))
	defer cancel()

	changed := s.changed()
	if p := s.watches(r, from); p != nil { // who was let in may be revoked since, and that news past
		s.refused(r, CallerOf(r), p)
		p.write(w)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := &eventWriter{w: w, rc: http.NewResponseController(w), patience: s.cfg.Patience}
	if out.send(": hello\nretry: 1000\n\n") != nil {
		return
	}
	beat := time.NewTicker(s.cfg.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-changed:
			changed = s.changed()
			if p := s.watches(r, from); p != nil {
				_ = out.event("", "bye", farewell(p.Detail))
				return
			}
		case <-ctx.Done():
			if r.Context().Err() == nil {
				_ = out.event("", "bye", farewell(context.Cause(ctx).Error()))
			}
			return
		case <-beat.C:
			// A connection outlives a revocation or a right; a viewing does not.
			if p := s.watches(r, from); p != nil {
				_ = out.event("", "bye", farewell(p.Detail))
				return
			}
			err = out.send(": still here\n\n")
		case <-v.ready:
			e, skipped, open := v.next()
			if !open {
				_ = out.event("", "bye", []byte(`{"why":"the node is stopping"}`))
				return
			}
			if skipped > 0 {
				err = out.event("", "skipped", fmt.Appendf(nil, `{"skipped":%d}`, skipped))
			}
			switch {
			case err != nil || e.name == "":
			case e.name == "problem":
				err = out.event("", e.name, e.data)
			default:
				err = out.event(from.name+"-"+strconv.FormatUint(e.seq, 10), e.name, e.data)
			}
		}
		if err != nil {
			return // the viewer has gone, or takes nothing any more
		}
	}
}

// farewell is why a stream ends, in JSON whatever the reason has in it.
func farewell(why string) []byte {
	data, _ := json.Marshal(map[string]string{"why": why}) // strings always encode
	return data
}

// resume is the number of the last snapshot that the viewer saw of this
// stream, or 0. An id of an earlier process, or of the stream for others, says
// nothing here.
func resume(r *http.Request, stream string) uint64 {
	of, seq, _ := strings.Cut(r.Header.Get("Last-Event-ID"), "-")
	if of != stream {
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
		e.buf.WriteString("id: " + id + "\n")
	}
	e.buf.WriteString("event: " + name + "\ndata: ")
	e.buf.Write(data)
	e.buf.WriteString("\n\n")
	return e.write(e.buf.Bytes())
}

func (e *eventWriter) send(text string) error { return e.write([]byte(text)) }

func (e *eventWriter) write(b []byte) error {
	if err := e.rc.SetWriteDeadline(time.Now().Add(e.patience)); err != nil {
		return err
	}
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	return e.rc.Flush()
}

// mostRoom is the longest patch, in bytes, that the next ones are given room for.
const mostRoom = 256 << 10

// shows is the source of a stream.
func (s *Server) shows(take func(context.Context) (*Snapshot, error)) source[*Snapshot] {
	var most atomic.Int64 // bytes of a patch so far: the next one will be about as long
	return source[*Snapshot]{
		take:  take,
		whole: func(v *Snapshot) ([]byte, error) { return json.Marshal(v) },
		changes: func(before, now *Snapshot) []byte {
			data, _ := merge.Append(make([]byte, 0, most.Load()), before, now)
			if n := int64(len(data)); n > most.Load() && n < mostRoom {
				most.Store(n + n/8)
			}
			return data
		},
		failed: func(err error) []byte {
			data, _ := json.Marshal(s.problemFor(err)) // a Problem always encodes
			return data
		},
	}
}
