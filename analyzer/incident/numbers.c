/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/numbers.h"

#include "base/mem.h"

enum {
    ROOM_FIRST = 64,
};

void
numbers_free(struct numbers *numbers)
{
    mem_free(numbers->incidents);
    *numbers = (struct numbers){0};
}

uint32_t
numbers_of(struct numbers *numbers, struct incident *incident)
{
    if (incident->number > 0) {
        return incident->number;
    }
    size_t at = numbers->vacant;
    while (at < numbers->count && numbers->incidents[at]) {
        at++;
    }
    if (at == numbers->room) {
        numbers->room += numbers->room / 2 + ROOM_FIRST;
        numbers->incidents = mem_resize_array(numbers->incidents, numbers->room,
                                              sizeof(struct incident *));
    }
    numbers->count += at == numbers->count;
    numbers->incidents[at] = incident;
    numbers->vacant = at + 1;
    incident->number = (uint32_t)at + 1;
    return incident->number;
}

void
numbers_return(struct numbers *numbers, struct incident *incident)
{
    if (incident->number > 0) {
        size_t at = incident->number - 1;
        numbers->incidents[at] = NULL;
        numbers->vacant = at < numbers->vacant ? at : numbers->vacant;
        incident->number = 0;
    }
}
