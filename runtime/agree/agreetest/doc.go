// Package agreetest joins groups of package agree in one process, for tests, by a
// wire on which nodes can be cut off and answers get lost:
//
//	w := agreetest.NewWire()
//	g, err := agree.Open(agree.Config{Self: "a", Transport: w.Port("a"), ...})
//	w.Isolate("a", true)
package agreetest
