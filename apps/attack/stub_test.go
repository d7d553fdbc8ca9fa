package attack

func badCertificates() []attack { return nil }
func falseData() []attack       { return nil }
func sinkholes() []attack       { return nil }
func replays() []attack         { return nil }
func captured() []attack        { return nil }
func exhausting() []attack      { return nil }
