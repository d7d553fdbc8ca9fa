package enroll

import "time"

// A Standing is how far a [Renewer] is with one folder.
type Standing struct {
	Due    time.Time // when the next certificate is asked for; zero: the folder can't be read
	Failed string    // why the last attempt failed, for people; "": it did not
	At     time.Time // when that was
}

// Standings are by the folders' directories. Any goroutine may ask, also before
// Run: then there are none.
func (r *Renewer) Standings() map[string]Standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]Standing, len(r.standings))
	for dir, s := range r.standings {
		all[dir] = s
	}
	return all
}

// stand notes how far a keeper is.
func (k *keeper) stand(failed error) {
	s := Standing{Due: k.due}
	if failed != nil {
		s.Failed, s.At = failed.Error(), time.Now().UTC()
	}
	k.r.mu.Lock()
	defer k.r.mu.Unlock()
	if k.r.standings == nil {
		k.r.standings = map[string]Standing{}
	}
	k.r.standings[k.Dir] = s
}
