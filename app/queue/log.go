package queue

import (
	"context"
	"log/slog"
)

// important lets warnings and errors through, and nothing below: River tells of every look at an empty queue, which
// would bury what is said about reviews.
type important struct{ slog.Handler }

func (h important) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h important) WithAttrs(attrs []slog.Attr) slog.Handler {
	return important{h.Handler.WithAttrs(attrs)}
}

func (h important) WithGroup(name string) slog.Handler { return important{h.Handler.WithGroup(name)} }
