package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"path"
	"strconv"
	"strings"
	"time"
)

// A Recording is what a file, or a few files together, hold.
type Recording interface {
	Channels() []Channel
	// Read begins at the first sample of a channel, an index of Channels.
	Read(channel int) (Source, error)
}

// A Channel is one signal of a recording.
type Channel struct {
	Name string
	Unit string // as the recording writes it; "" when it does not say
	Step int64  // a sample stands for Value × Step millionths of Unit

	// Count samples take Span. A Count of 0 says that the samples come when
	// they come, each with a time of its own.
	Span  time.Duration
	Count int64
}

// At is when sample i is taken, since the start of the recording.
func (c *Channel) At(i int64) time.Duration {
	hi, lo := bits.Mul64(uint64(i), uint64(c.Span))
	if i < 0 || hi >= uint64(c.Count) {
		return 0 // beyond 292 years
	}
	q, _ := bits.Div64(hi, lo, uint64(c.Count))
	return time.Duration(q)
}

// A Source gives the samples of a channel in order.
type Source interface {
	// Next is the next sample, [io.EOF] after the last. Samples that the
	// recording marks as missing are left out: their Index is skipped.
	Next() (Sample, error)
	Close() error
}

// A Sample is one sample.
type Sample struct {
	Index int64         // from 0
	At    time.Duration // by the recording's clock; never less than that of the one before
	Value int64         // in steps of the channel
}

// ErrForm reports a file that is not what its format asks for.
var ErrForm = errors.New("not a well-formed recording")

// ErrChecksum reports samples that are not those the header vouches for.
var ErrChecksum = errors.New("the samples do not match the header's checksum")

// Open opens a recording by the ending of its name: .hea is WFDB, .edf is EDF,
// .csv and .txt are CSV, whose columns are as m says. The zero Map recognises
// the columns by their names; see [Map].
func Open(fsys fs.FS, name string, m Map) (Recording, error) {
	var rec Recording
	var err error
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".hea":
		rec, err = openWFDB(fsys, name)
	case ".edf":
		rec, err = openEDF(fsys, name)
	case ".csv", ".txt":
		rec, err = openCSV(fsys, name, m)
	default:
		err = fmt.Errorf("the ending %q is not known: want .hea (WFDB), .edf, .csv or .txt", ext)
	}
	if err != nil {
		return nil, fmt.Errorf("open recording %s: %w", name, err)
	}
	return rec, nil
}

// Find finds a channel by its name, or by "#2", its index from 0. A name that
// stands twice must be given by index.
func Find(rec Recording, name string) (int, error) {
	found, names := -1, []string{}
	for i, c := range rec.Channels() {
		names = append(names, c.Name)
		if c.Name != name {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("two channels are called %q: say #%d or #%d", name, found, i)
		}
		found = i
	}
	if found >= 0 {
		return found, nil
	}
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < len(names) {
			return i, nil
		}
	}
	if len(names) > 24 {
		names = append(names[:24], "…")
	}
	return 0, fmt.Errorf("no channel %q: there are %q", name, names)
}

// Check reads a channel to its end and returns how many samples it has: an
// error that it would have shown after half an hour, it shows now.
func Check(rec Recording, channel int) (samples int64, err error) {
	src, err := rec.Read(channel)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	for {
		if _, err := src.Next(); err == io.EOF {
			return samples, nil
		} else if err != nil {
			return samples, err
		}
		samples++
	}
}
