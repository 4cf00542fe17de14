/// The configuration: the text of `smtpd.conf`, its grammar, its tree and its checks.
///
/// A library without rights of its own. The supervisor reads the files once, as root, into
/// [Sources][org.postern.config.Sources]; every room then parses that same text with
/// [Config#parse][org.postern.config.Config#parse] and needs no file for it. One file per
/// directive: its grammar, its record, its parser. What a single line cannot know (does the table
/// exist?) is the business of `Check`.
@NullMarked
package org.postern.config;

import org.jspecify.annotations.NullMarked;
