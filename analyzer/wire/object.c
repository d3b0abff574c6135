/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/object.h"

/* Why a container waits, when it waits for its image. */
static const char *const image_reasons[] = {
    "ErrImagePull",           "ImagePullBackOff",
    "InvalidImageName",       "ErrImageNeverPull",
    "ImageInspectError",      "RegistryUnavailable",
    "ErrRegistryUnavailable", "SignatureValidationFailed",
};

struct slice
object_container(struct slice field_path)
{
    struct slice head;
    struct slice name;
    if (!slice_starts(field_path, SLICE("spec."))
        || !slice_cut(&field_path, '{', &head)
        || !slice_cut(&field_path, '}', &name)) {
        return slice_of(NULL, 0);
    }
    return name;
}

void
object_set_pod(struct record *record, struct slice name)
{
    slice_cut(&name, '/', &record->namespace);
    record->pod = name;
}

bool
object_set_full_pod(struct record *record, struct slice name)
{
    struct slice pod;
    struct slice namespace;
    struct slice uid;
    if (!slice_cut(&name, '_', &pod) || !slice_cut(&name, '(', &namespace)
        || !slice_cut(&name, ')', &uid)) {
        return false;
    }
    record->pod = pod;
    record->namespace = namespace;
    record->pod_uid = uid;
    return true;
}

bool
object_set_level(struct record *record, struct slice type)
{
    bool is_warning = slice_equal(type, SLICE("Warning"));
    if (!is_warning && !slice_equal(type, SLICE("Normal"))) {
        return false;
    }
    record->level = is_warning ? LEVEL_WARNING : LEVEL_INFO;
    return true;
}

static bool
is_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        bool is_letter = (byte >= 'a' && byte <= 'z')
                      || (byte >= 'A' && byte <= 'Z')
                      || (byte >= '0' && byte <= '9');
        if (!is_letter && byte != '-' && byte != '.' && byte != '/'
            && byte != '_') {
            return false;
        }
    }
    return text.len > 0;
}

bool
object_set_source(struct record *record, struct slice source)
{
    struct slice component = source;
    struct slice node = slice_of(NULL, 0);
    if (slice_cut_text(&source, SLICE(", "), &component)) {
        node = source;
    }
    if (!is_name(component) || (node.len > 0 && !is_name(node))) {
        return false;
    }
    record->unit = component;
    if (node.len > 0) {
        record->node = node;
    }
    return true;
}

bool
object_is_pod(struct slice kind)
{
    return slice_equal_nocase(kind, SLICE("pod"))
        || slice_equal_nocase(kind, SLICE("pods"));
}

bool
object_is_image_reason(struct slice reason)
{
    for (size_t i = 0; i < COUNT(image_reasons); i++) {
        if (slice_equal(reason, slice_from(image_reasons[i]))) {
            return true;
        }
    }
    return false;
}
