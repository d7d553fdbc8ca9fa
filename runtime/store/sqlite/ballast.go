package sqlite

import (
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite"
)

// SQLite needs a block of 8 to 16 KiB for a moment whenever it divides a page of
// an index. The allocator beneath it (modernc.org/memory) asks the kernel for a
// piece that has room for three of these, and gives it back with the last of
// them: so each time. While a block of a piece is held the piece stays.
const (
	blockSize     = 16 << 10 // bytes
	blocksOfPiece = 3
	piecesKept    = 4 // others take blocks, too, and keep some for long
)

// keepBallast keeps some pieces for as long as the connection is open, with a
// block of each: as parameters of a query that is never asked.
func keepBallast(conn *sqlite.Conn) error {
	const blocks = blocksOfPiece * piecesKept
	stmt, err := conn.Prepare("SELECT " + strings.Repeat("?, ", blocks-1) + "?")
	if err != nil {
		return fmt.Errorf("keep memory at hand: %w", err)
	}
	for i := range blocks {
		stmt.BindBytes(i+1, make([]byte, blockSize))
	}
	for i := range blocks {
		if i%blocksOfPiece != 0 {
			stmt.BindNull(i + 1)
		}
	}
	return nil
}
