package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// Where there is a CA service, lists of revocations come from it: that none of an
// authority has ever come is no reason to believe everybody for ever. So that a
// restart does not begin to wait anew, it is kept since when each is believed.

// firstFile is beside the lists.
const firstFile = "first.json"

// requireLists is called when what is revoked has been read.
func (n *Node) requireLists() error {
	if n.cfg.CA == "" {
		n.log.Info("no authorities' service is configured (ca:): whoever was never on a list of revocations is let in, however long none comes")
		return nil
	}
	first := map[string]time.Time{}
	b, err := os.ReadFile(filepath.Join(n.lists.dir, firstFile))
	if err == nil {
		err = json.Unmarshal(b, &first)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w: remove it, and see that lists come (wardflow ca crl)", filepath.Join(n.lists.dir, firstFile), err)
	}
	n.verifier.RequireLists(first)
	n.keepFirst()
	return nil
}

// keepFirst writes since when authorities are believed, if that is news.
func (n *Node) keepFirst() {
	first := n.verifier.FirstBelieved()
	n.lists.keeping.Lock()
	same := first == nil || maps.EqualFunc(first, n.lists.first, time.Time.Equal)
	n.lists.keeping.Unlock()
	if same {
		return
	}
	b, err := json.Marshal(first)
	if err == nil {
		err = n.lists.write(firstFile, b)
	}
	if err != nil {
		n.log.Error("since when authorities are believed could not be kept on disk", "err", err)
		return
	}
	n.lists.keeping.Lock()
	n.lists.first = first
	n.lists.keeping.Unlock()
}
