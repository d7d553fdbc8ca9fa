package placement

// Plan decides where every actor of in.Graphs runs.
func Plan(in Input) Outcome { return Outcome{} }
