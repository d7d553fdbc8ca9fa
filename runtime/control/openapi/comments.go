package openapi

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strings"
)

// Comments are what the Go sources say of types, their fields and their constants,
// by "control.Actor", "control.Actor.Field" and "control.State".
type comments struct {
	texts map[string]string
	enums map[string][]value // of string types: their constants
}

// A value is a constant with what is said of it.
type value struct{ is, says string }

// readComments reads the packages in folders.
func readComments(folders []string) (*comments, error) {
	c := &comments{texts: map[string]string{}, enums: map[string][]value{}}
	for _, dir := range folders {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no Go files in %s", dir)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			c.read(f)
		}
	}
	return c, nil
}

func (c *comments) read(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				c.readType(f.Name.Name, g, s)
			case *ast.ValueSpec:
				c.readConst(f.Name.Name, s)
			}
		}
	}
}

func (c *comments) readType(pkg string, g *ast.GenDecl, s *ast.TypeSpec) {
	name := pkg + "." + s.Name.Name
	text := s.Doc
	if text == nil && len(g.Specs) == 1 {
		text = g.Doc
	}
	c.texts[name] = words(text)
	st, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range st.Fields.List {
		says := words(f.Doc)
		if behind := words(f.Comment); says == "" {
			says = behind
		} else if behind != "" {
			says += " (" + behind + ")"
		}
		for _, n := range f.Names {
			c.texts[name+"."+n.Name] = says
		}
	}
}

// readConst takes constants of a named type that are strings.
func (c *comments) readConst(pkg string, s *ast.ValueSpec) {
	if len(s.Names) != 1 || len(s.Values) != 1 {
		return
	}
	name := ""
	switch typ := s.Type.(type) {
	case *ast.Ident:
		name = pkg + "." + typ.Name
	case *ast.SelectorExpr: // of another package, such as flow.Role
		name = fmt.Sprint(typ.X) + "." + typ.Sel.Name
	default:
		return
	}
	lit, ok := s.Values[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING || !s.Names[0].IsExported() {
		return
	}
	is := constant.StringVal(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
	says := words(s.Comment)
	if says == "" {
		says = words(s.Doc)
	}
	c.enums[name] = append(c.enums[name], value{is, says})
}

// words is a comment as one text, without the marks of links.
func words(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	var p comment.Parser
	var pr comment.Printer
	pr.TextWidth = -1
	return strings.TrimSpace(string(pr.Text(p.Parse(g.Text()))))
}

// nameOf is how a type of a package is called in comments.
func nameOf(pkgPath, name string) string { return path.Base(pkgPath) + "." + name }
