/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_CREDENTIAL_H
#define PULLWHY_MATCH_CREDENTIAL_H

/*
 * What a secret looks like that no key stands before: tokens of a known shape,
 * schemes of HTTP (RFC 9110), and who logs in to a host.
 */

#include "base/slice.h"

#include <stddef.h>

/*
 * Bytes of the token that `text`, which begins a word, begins with: a JSON web
 * token, or one that its issuer marks so that it can be found, as GitHub,
 * GitLab, Docker Hub, DigitalOcean, Google, OpenShift and JFrog do. 0: none.
 */
size_t credential_token(struct slice text);

/* "Bearer TOKEN", "Basic TOKEN": likewise, behind *lead bytes. */
size_t credential_scheme(struct slice text, size_t *lead);

/*
 * "user:password@host/...", without a scheme: how many bytes before the @ at
 * `at` are the password, looking back no further than `from`. 0: none are.
 */
size_t credential_login(struct slice text, size_t from, size_t at);

#endif
