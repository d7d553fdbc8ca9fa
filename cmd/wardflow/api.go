package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// apiCommand describes the control API, or asks it as programs do.
func apiCommand() *cobra.Command {
	var to reach
	var data, kind string
	cmd := &cobra.Command{
		Use:   "api [METHOD] [PATH]",
		Short: "Ask the control API as it is, or print its description",
		Long: `With a path below /api/v1 this sends a request with your certificate, and prints
what comes: a stream as it comes. GET is meant where no method is given, and POST
where there is data. What the node refuses is an error, with its exit code.

Without a path it prints the description of the API in OpenAPI 3.1, for which no
node is asked: generate a client from it, or read it in any viewer.`,
		Example: `  wardflow api > wardflow-openapi.json
  wardflow api /actors?node=bedside
  wardflow api POST /actors/ward:bed1:check/move -d '{"node":"ward"}'
  wardflow api PUT /nodes/bedside/drain`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 2 {
				return usageError{fmt.Errorf("api: want a method and a path at most: see wardflow api --help")}
			}
			return nil
		},
	}
	to.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&data, "data", "d", "", "what to send: text, @FILE, or - for standard input")
	f.StringVar(&kind, "content-type", "application/json", "what the data is")
	send := ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		method, path, err := request(args, data != "")
		if err != nil {
			return err
		}
		body, err := bodyOf(data, cmd.InOrStdin())
		if err != nil {
			return err
		}
		answer, err := c.Raw(ctx, method, path, kind, body)
		if p := new(control.Problem); errors.As(err, &p) && p.Word() == "bad-request" {
			return usageError{err} // the request is the command line
		}
		if err != nil {
			return err
		}
		defer answer.Close()
		_, err = io.Copy(cmd.OutOrStdout(), answer)
		if ctx.Err() != nil {
			return nil // a stream that somebody ended
		}
		return err
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			_, err := cmd.OutOrStdout().Write(control.OpenAPI())
			return err
		}
		return send(cmd, args)
	}
	return cmd
}

// request is the method and the path that arguments name.
func request(args []string, hasData bool) (method, path string, err error) {
	method, path = http.MethodGet, args[len(args)-1]
	if hasData {
		method = http.MethodPost
	}
	if len(args) == 2 {
		method = strings.ToUpper(args[0])
	}
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete:
	default:
		return "", "", usageError{fmt.Errorf("method %q: want GET, POST, PUT or DELETE", args[0])}
	}
	path = "/" + strings.TrimPrefix(strings.TrimPrefix(path, "/"), "api/v1/")
	return method, strings.NewReplacer(" ", "%20", ">", "%3E").Replace(path), nil
}

// bodyOf is what -d names; nil is nothing.
func bodyOf(data string, in io.Reader) (io.Reader, error) {
	switch {
	case data == "":
		return nil, nil
	case data == "-":
		return in, nil
	case strings.HasPrefix(data, "@"):
		text, err := os.ReadFile(data[1:])
		if err != nil {
			return nil, usageError{err}
		}
		return bytes.NewReader(text), nil
	}
	return strings.NewReader(data), nil
}
