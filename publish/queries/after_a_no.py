"""Disclosures by consent that follow the no of the same person in the log's order (ACCESS-LOG 10, R5)."""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from typing import Final

_WINDOW: Final = "e.seq_t >= :since AND e.seq_t < :until"
_SAID: Final = "CROSS JOIN LATERAL (SELECT convert_from(e.entry, 'UTF8')::jsonb AS said) s"

READ_AFTER_NO: Final = f"""
    SELECT DISTINCT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id {_SAID}
     CROSS JOIN LATERAL jsonb_array_elements(said -> 'consents') AS cited
      JOIN consent.act yes ON yes.act_id = (cited ->> 'act')::uuid
      JOIN consent.act no ON no.person_id = yes.person_id AND no.agreement_id = yes.agreement_id AND no.seq > yes.seq
                         AND no.voice IS NOT DISTINCT FROM yes.voice
      JOIN consent.act_item item ON item.act_id = no.act_id AND item.kind IN ('withdrawn', 'revoked', 'refused')
      JOIN audit.event said_no ON said_no.type = ANY (:of_acts) AND said_no.t = no.recorded_at
                              AND convert_from(said_no.entry, 'UTF8')::jsonb #>> '{{change,id}}' = no.act_id::text
     WHERE {_WINDOW} AND cited ->> 'state' = 'given' AND e.outcome IN ('permit', 'partial')
       AND no.recorded_at <= e.seq_t AND (said_no.log, said_no.index) < (e.log, e.index)
       AND d.results @> jsonb_build_array(jsonb_build_object(
               'category', item.category, 'permitted', true, 'ground', 'consent', 'acts', jsonb_build_array(yes.act_id)))
"""
"""In the log's order no disclosure rests on a yes that the same voice had taken back before."""

READ_AFTER_DENIAL: Final = f"""
    SELECT DISTINCT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id
     CROSS JOIN LATERAL jsonb_array_elements(d.results) AS result
      JOIN consent.denial no ON no.person_id = d.person_id AND no.voice IS NULL AND no.data_from IS NULL AND no.data_until IS NULL
                            AND coalesce(no.source, split_part(result ->> 'category', '.', 1)) = split_part(result ->> 'category', '.', 1)
                            AND coalesce(no.controller, result ->> 'controller') = result ->> 'controller'
                            AND coalesce(no.category, result ->> 'category') = result ->> 'category'
                            AND coalesce(no.recipient, d.request ->> 'recipient') = d.request ->> 'recipient'
                            AND coalesce(no.purpose, d.request ->> 'purpose') = d.request ->> 'purpose'
      JOIN audit.event said_no ON said_no.type = ANY (:of_denials) AND said_no.t = no.recorded_at
                              AND convert_from(said_no.entry, 'UTF8')::jsonb #>> '{{change,id}}' = no.denial_id::text
     WHERE {_WINDOW} AND e.outcome IN ('permit', 'partial')
       AND result ->> 'permitted' = 'true' AND result ->> 'ground' = 'consent'
       AND d.request ->> 'recipient' <> result ->> 'controller'
       AND no.recorded_at <= e.seq_t AND no.effective_from <= e.seq_t AND (said_no.log, said_no.index) < (e.log, e.index)
       AND NOT EXISTS (SELECT FROM consent.denial_lift l WHERE l.denial_id = no.denial_id AND l.recorded_at <= e.seq_t)
       AND NOT EXISTS (SELECT FROM consent.invalidation i WHERE i.denial_id = no.denial_id AND i.recorded_at <= e.seq_t)
"""
"""In the log's order no disclosure rests on a yes while a standing no of the person's own for all its data covers it."""
