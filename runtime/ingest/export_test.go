package ingest

// Forgive lets each device be told of again at once.
func (c *Core) Forgive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.devices)
}
