package member

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// zone is the attribute that says where patient data may go. Unlike the others it
// is believed only as far as the node's certificate says the same.
const zone = "zone"

// zoneFields are the parts of a certificate's group, in its order.
var zoneFields = []string{"site", "floor", "room", "type"}

var errZone = errors.New("its zone is not what its certificate says")

// checkZone compares what a node says of its zone with the group of its
// certificate, "site/floor/room/type".
func checkZone(says map[string]string, group string) error {
	parts := strings.Split(group, "/")
	for _, field := range slices.Sorted(maps.Keys(says)) {
		i := slices.Index(zoneFields, field)
		switch {
		case group == "":
			return fmt.Errorf("%w: %s=%q, and the certificate has no group", errZone, field, says[field])
		case i < 0 || i >= len(parts):
			return fmt.Errorf("%w: %s is no part of the group %q", errZone, field, group)
		case says[field] != parts[i]:
			return fmt.Errorf("%w: %s=%q, and the certificate is for %q", errZone, field, says[field], group)
		}
	}
	return nil
}
