package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/swaggest/jsonschema-go"
)

// Schemas are made of Go types as encoding/json writes them: what is not left out
// when it is empty is required, and a list or a map may be null.

type schemas struct {
	says *comments
	all  map[string]any // by name
}

const definitions = "#/components/schemas/"

// of is the schema of a value's type: mostly a reference to one of all.
func (s *schemas) of(v any) (any, error) {
	r := jsonschema.Reflector{}
	r.AddTypeMapping(json.RawMessage{}, anything{})
	r.InlineDefinition(anything{})
	var failed error
	schema, err := r.Reflect(v,
		jsonschema.DefinitionsPrefix(definitions),
		jsonschema.CollectDefinitions(func(name string, d jsonschema.Schema) {
			if err := s.add(name, d); err != nil {
				failed = err
			}
		}),
		jsonschema.RootRef,
		jsonschema.InterceptDefName(func(t reflect.Type, _ string) string { return defName(t) }),
		jsonschema.InterceptProp(s.property),
		jsonschema.InterceptSchema(s.schema),
	)
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("schema of %T: %w", v, err)
	}
	return plain(schema)
}

func (s *schemas) add(name string, d jsonschema.Schema) error {
	p, err := plain(d)
	if err != nil {
		return err
	}
	s.all[name] = p
	return nil
}

// anything is any JSON.
type anything struct{}

func (anything) PrepareJSONSchema(schema *jsonschema.Schema) error {
	*schema = jsonschema.Schema{}
	return nil
}

// defName is a type's own name; of one of another, both: "PageOfActorState".
func defName(t reflect.Type) string {
	name, of, generic := strings.Cut(t.Name(), "[")
	if !generic {
		return name
	}
	of = strings.TrimSuffix(of, "]")
	return name + "Of" + of[strings.LastIndex(of, ".")+1:]
}

// property says of a field whether it is always there, and what it is.
func (s *schemas) property(p jsonschema.InterceptPropParams) error {
	if !p.Processed {
		return nil
	}
	_, rest, _ := strings.Cut(p.Field.Tag.Get("json"), ",")
	if !strings.Contains(rest, "omitempty") && !strings.Contains(rest, "omitzero") {
		p.ParentSchema.Required = append(p.ParentSchema.Required, p.Name)
	}
	return nil
}

// schema adds what the sources say of a type and its fields.
func (s *schemas) schema(p jsonschema.InterceptSchemaParams) (bool, error) {
	if !p.Processed {
		return false, nil
	}
	t := p.Value.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" || !strings.Contains(t.PkgPath(), "wardflow") {
		return false, nil
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	name = nameOf(t.PkgPath(), name)
	if says := s.says.texts[name]; says != "" {
		p.Schema.WithDescription(says)
	}
	if values := s.says.enums[name]; len(values) > 0 && t.Kind() == reflect.String {
		p.Schema.Enum = nil
		var says []string
		for _, v := range values {
			p.Schema.Enum = append(p.Schema.Enum, v.is)
			if v.says != "" {
				says = append(says, fmt.Sprintf("%q: %s", v.is, v.says))
			}
		}
		if len(says) > 0 {
			text := strings.Join(says, "\n")
			if p.Schema.Description != nil {
				text = *p.Schema.Description + "\n\n" + text
			}
			p.Schema.WithDescription(text)
		}
	}
	if t.Kind() == reflect.Struct {
		s.fields(p.Schema, t)
	}
	return false, nil
}

// fields adds what the sources say of a struct's fields.
func (s *schemas) fields(schema *jsonschema.Schema, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		prop, ok := schema.Properties[name]
		if f.Anonymous && name == "" {
			in := f.Type
			if in.Kind() == reflect.Struct {
				s.fields(schema, in)
			}
			continue
		}
		of, _, _ := strings.Cut(t.Name(), "[")
		says := s.says.texts[nameOf(t.PkgPath(), of)+"."+f.Name]
		if !ok || says == "" || prop.TypeObject == nil {
			continue
		}
		prop.TypeObject.WithDescription(says)
	}
}

// plain is a schema as plain JSON.
func plain(schema jsonschema.Schema) (any, error) {
	b, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	return v, nil
}
