/// Private keys that are elsewhere: a provider of signatures for TLS whose keys are only names, and
/// which hands what is to be signed to whoever holds them.
///
/// A library; it opens nothing by itself.
@NullMarked
package org.postern.tls.remote;

import org.jspecify.annotations.NullMarked;
