package rule

// A Refusal is a change that a contract did not allow.
type Refusal struct {
	Name string // of the contract's error, such as "NotAdmin"; "" if it has none
	Msg  string // the same for people, and how to mend it
}

func (r *Refusal) Error() string { return r.Msg }
