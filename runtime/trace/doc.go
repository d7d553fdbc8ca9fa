// Package trace records the ways of tokens over actors and nodes with
// OpenTelemetry.
//
//	t, err := trace.New(trace.Config{Node: "icu-1", Endpoint: "https://traces.h1:4318", Share: 0.01, …})
//	engine.New(engine.Config{Tracer: t, …})
//
// A way begins with a firing that takes no token, such as that of a sensor; a
// share of them is drawn there, and nowhere else. Each firing on the way is a span,
// the child of the firing that gave it its token, and its node is the span's
// resource: what a collector puts together is one trace, from the sensor to the
// store. Spans go to an OTLP collector over HTTP. They have the names of actors
// and how long things took: no value, no device, no patient.
//
// Recording holds up nothing. When the collector is slow or away, what does not
// fit in the queue is lost, and counted.
package trace
