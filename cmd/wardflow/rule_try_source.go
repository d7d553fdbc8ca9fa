package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/actors/sensor/replay"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// What rules are tried on.

// A tried is a reading with whose it is.
type tried struct {
	patient, group string
	reading        *proof.Reading
}

type triedReadings = iter.Seq2[tried, error]

// recorded is when recordings begin: they say when within themselves only.
var recorded = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (t *ruleTrial) source(ctx context.Context, recordings []string, notes io.Writer) (triedReadings, error) {
	if t.store != "" {
		return t.stored(ctx)
	}
	as, err := tracks(t.as)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(recordings)
	if err != nil {
		return nil, err
	}
	type opened struct {
		name string
		*replay.Tracks
	}
	var all []opened
	for _, file := range files {
		r, left, err := replay.Open(os.DirFS(filepath.Dir(file)), filepath.Base(file), as)
		if err != nil && len(files) > len(recordings) && errors.Is(err, recording.ErrForm) {
			fmt.Fprintf(notes, "left out %s: %v\n", file, err) // of a folder: it may hold other things
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(left) > 0 {
			fmt.Fprintf(notes, "left out of %s: %s; --as takes a channel\n", file, strings.Join(left, ", "))
		}
		all = append(all, opened{strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), r})
	}
	return func(yield func(tried, error) bool) {
		for _, o := range all {
			for r, err := range o.Readings(t.device, recorded) {
				if !yield(tried{o.name, t.group, &proof.Reading{Reading: r}}, err) || err != nil {
					return
				}
			}
		}
	}, nil
}

// tracks reads CHANNEL=LOINC:UCUM.
func tracks(as []string) (map[string]replay.Track, error) {
	all := map[string]replay.Track{}
	for _, s := range as {
		i := strings.LastIndex(s, "=") // a channel's name may have one
		if i < 0 {
			i = 0
		}
		kind, unit, ok := strings.Cut(strings.TrimPrefix(s[i:], "="), ":")
		if i == 0 || !ok || kind == "" || unit == "" {
			return nil, usageError{fmt.Errorf("--as %q: want CHANNEL=LOINC:UCUM such as MLII=11524-6:mV", s)}
		}
		all[s[:i]] = replay.Track{Kind: kind, Unit: unit}
	}
	return all, nil
}

// filesOf are the files, and in place of a folder the recordings in it.
func filesOf(args []string) (files []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		in, err := os.ReadDir(arg)
		if err != nil {
			return nil, err
		}
		for _, e := range in {
			if slices.Contains([]string{".hea", ".edf", ".csv", ".txt"}, strings.ToLower(filepath.Ext(e.Name()))) {
				files = append(files, filepath.Join(arg, e.Name()))
			}
		}
	}
	return files, nil
}

// stored are the readings that a store has accepted. Of a stream they come as
// they were counted.
func (t *ruleTrial) stored(ctx context.Context) (triedReadings, error) {
	st, err := sqlite.OpenReadOnly(t.store)
	if err != nil {
		return nil, err
	}
	return func(yield func(tried, error) bool) {
		defer st.Close()
		for c, err := range st.Chunks(ctx, store.Query{Patient: t.patient}) {
			if err != nil {
				yield(tried{}, err)
				return
			}
			if !yield(tried{c.Patient, c.Verdict.Group, c.Reading}, nil) {
				return
			}
		}
	}, nil
}
