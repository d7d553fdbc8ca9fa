// Package draw makes pictures of scripts: boxes with named ports, joined by
// lines, with what is inside a component around which there is a frame.
//
//	picture, err := draw.Of(file, types, draw.Options{Expand: true})
//	os.Stdout.Write(picture.SVG())
//
// A [Picture] says what is drawn, not where. [Picture.DOT], [Picture.Mermaid]
// and its JSON leave the where to others; [Picture.SVG] decides it here.
//
// # Where things stand
//
// Tokens go from left to right. Boxes stand in columns, each right of those
// that feed it; a line that passes a column has a lane of its own there, and
// one that goes back, to an earlier column, has a lane in each column on its
// way. Lines turn between columns only, so none crosses a box. The order within
// columns follows the barycentres of the neighbours (Sugiyama, Tagawa, Toda
// 1981), the best of some sweeps; heights are the nearest ones to the
// neighbours' that keep the order and the distances (pooling adjacent
// violators). The inside of a frame is drawn first and then moved as one box.
// All numbers are whole, and equal pictures give equal bytes.
package draw
