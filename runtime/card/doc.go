// Package card finds the patient's card: what signs the windows of a patient's
// readings.
//
// All else sees a [flow.Signer], whose key is a crypto.Signer, and asks for it
// anew each time it signs, because a card may be pulled at any moment:
//
//	card, err := cards.Card("p-0017")
//	if errors.Is(err, flow.ErrLater) { … }   // no card now: readings wait
//
// [Folder] is a reader of soft cards: keys in files. A reader of smart cards
// gives the same answers.
package card
