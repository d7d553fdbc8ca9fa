package flow

import "strings"

// Unnamed is an error that says what err says without a patient's pseudonym, which
// is "…" where it stood, and wraps err. What errors say is read by more people than
// may know whose they are: it goes into logs, events and the page. Errors of ours do
// not name patients; this is for those of others, such as of a file in a folder that
// is named for a patient. nil stays nil.
func Unnamed(err error, patient string) error {
	if err == nil || patient == "" || !strings.Contains(err.Error(), patient) {
		return err
	}
	return &unnamed{err, patient}
}

type unnamed struct {
	err     error
	patient string
}

func (u *unnamed) Error() string { return strings.ReplaceAll(u.err.Error(), u.patient, "…") }
func (u *unnamed) Unwrap() error { return u.err }
