package rule

import (
	"errors"
	"fmt"
)

// Check holds a rule against what a rule file may say. The error is all that is
// wrong with it, joined.
func (r Rule) Check() error {
	r.Revoked, r.Parts = false, nil // what it says, not what is on the chain
	_, err := Parse("", []byte(Format([]Rule{r})))
	if err == nil {
		return nil
	}
	var all []error
	for _, e := range joined(err) {
		var f *FileError
		if errors.As(e, &f) {
			e = errors.New(f.Msg)
		}
		all = append(all, fmt.Errorf("rule of %s: %w", namedScope(&r), e))
	}
	return errors.Join(all...)
}

func joined(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
