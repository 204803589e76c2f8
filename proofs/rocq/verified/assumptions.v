(* What each theorem rests on; assumptions.txt is what this prints. *)

From Verified Require Import relevance decide pairs parabola rounding.

Check ancestors_are_right.
Print Assumptions ancestors_are_right.
Check judgments_are_right.
Print Assumptions judgments_are_right.
Check wrong_pairs.
Print Assumptions wrong_pairs.
Check global_notion.
Print Assumptions global_notion.
Check row_notion.
Print Assumptions row_notion.
Check cover_is_right.
Print Assumptions cover_is_right.
Check hierarchy_is_right.
Print Assumptions hierarchy_is_right.
Check rounding_bound.
Print Assumptions rounding_bound.
Check exact_sums.
Print Assumptions exact_sums.
