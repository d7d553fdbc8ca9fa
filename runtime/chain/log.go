package chain

import (
	"context"
	"log/slog"

	gethlog "github.com/ethereum/go-ethereum/log"
)

// go-ethereum logs to a global logger and tells a lot. All of it becomes debug
// lines of ours, its own level beside each, and its own debug lines finer ones;
// only the line it writes just before it ends the process stays an error.

// routeLogs sends go-ethereum's lines to log.
func routeLogs(log *slog.Logger) {
	// A type of our own around the logger, since SetDefault would also make
	// one of its own the default of log/slog.
	gethlog.SetDefault(gethLogger{gethlog.NewLogger(quiet{log.Handler()})})
}

type gethLogger struct{ gethlog.Logger }

// quiet hands records on at debug level.
type quiet struct{ to slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return q.to.Enabled(ctx, lowered(level))
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	line := slog.NewRecord(r.Time, lowered(r.Level), r.Message, 0)
	line.AddAttrs(slog.String("geth", gethlog.LevelString(r.Level)))
	r.Attrs(func(a slog.Attr) bool {
		line.AddAttrs(a)
		return true
	})
	return q.to.Handle(ctx, line)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.to.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.to.WithGroup(name)} }

func lowered(level slog.Level) slog.Level {
	switch {
	case level >= gethlog.LevelCrit:
		return slog.LevelError
	case level >= gethlog.LevelInfo:
		return slog.LevelDebug
	}
	return slog.LevelDebug - 4
}
