// Package recording reads recordings of patients: WFDB (formats 212 and 16,
// also in segments), EDF and EDF+C, and CSV with a map of its columns.
//
// Whatever the file, it is the same thing afterwards: channels, and of each one
// its samples in order.
//
//	rec, err := recording.Open(fsys, "100.hea", recording.Map{})
//	ch, err := recording.Find(rec, "MLII")
//	src, err := rec.Read(ch)
//	s, err := src.Next() // io.EOF after the last
//
// Readers stream: they hold one record or line, whatever the length of the
// file. They are strict: what does not fit the format is an error with file and
// line, never a guess, and a checksum that the header gives is compared when
// the last sample has been read. And they are exact: a sample is a whole number
// of millionths of its unit, or of a step that is one; no float is made on the
// way.
package recording
