package trial

import (
	"context"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// DeployConfig says how a deployment is measured.
type DeployConfig struct {
	Exe    string   // what to start nodes with
	Args   []string // so that it calls [Host]
	Actors int      // 1,000, half of them linked to the other half
	Nodes  int      // 5, of which one or, from three on, three keep the register

	Progress func(string) // told how it goes; may be nil
}

// DeployResult is how soon an application runs.
type DeployResult struct {
	Actors  int     `json:"actors"`
	Nodes   int     `json:"nodes"`
	Seconds float64 `json:"seconds"`  // until all actors run
	LinkedS float64 `json:"linked_s"` // until each link has brought a token
}

// Deploy measures how soon an application of many actors runs on some nodes.
func Deploy(ctx context.Context, cfg DeployConfig) (res DeployResult, err error) {
	if cfg.Actors == 0 {
		cfg.Actors = 1000
	}
	if cfg.Nodes == 0 {
		cfg.Nodes = 5
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	res = DeployResult{Actors: cfg.Actors / 2 * 2, Nodes: cfg.Nodes}
	var names []flow.NodeID
	for i := range cfg.Nodes {
		names = append(names, flow.NodeID(fmt.Sprintf("n%d", i+1)))
	}
	voters := 1
	if cfg.Nodes >= 3 {
		voters = 3
	}
	c, err := newCluster(cfg.Exe, cfg.Args, names, voters, nil)
	if err != nil {
		return res, err
	}
	defer func() { err = c.stop(err) }()
	cfg.Progress(fmt.Sprintf("starting %d nodes", cfg.Nodes))
	if err := c.startAll(ctx); err != nil {
		return res, err
	}
	cfg.Progress(fmt.Sprintf("deploying %d actors", res.Actors))
	res.Seconds, res.LinkedS, err = c.run(ctx, pairs(res.Actors), res.Actors)
	return res, err
}
