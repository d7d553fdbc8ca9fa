// Package media holds the actor types of the namespace media: what is heard.
//
// Calvin's actors for cameras, faces and objects are left out: they need its
// services for images, which are gone.
package media
