(* Hints for interval covers with the parabola code: the class of a document, and the positions just outside. *)

open Checker

exception Other_rows

let whole (m, e) = if e < 0 || Hints.bit_length m + e > 60 then raise Other_rows else m lsl e

let root x =
  let r = ref (int_of_float (sqrt (float_of_int x))) in
  while !r * !r > x do decr r done;
  while (!r + 1) * (!r + 1) <= x do incr r done;
  !r

(* 2(L + R) and -2 in its class, -2LR - 1 at the end. *)
let mark numbers =
  let a = Array.of_list (List.map whole numbers) in
  let classes = (Array.length a - 1) / 2 in
  let c = ref 0 in
  while !c < classes && a.((2 * !c) + 1) = 0 do incr c done;
  if Array.length a land 1 = 0 || !c = classes then raise Other_rows;
  let sum = a.(2 * !c) / 2 and product = (a.(2 * classes) + 1) / -2 in
  let square = (sum * sum) - (4 * product) in
  if square < 0 then raise Other_rows;
  let w = root square in
  { class0 = Hints.nat !c; left = (sum - w) / 2; right = (sum + w) / 2 }

let rec up_to n = function l -> if n = 0 then l else up_to (n - 1) (n - 1 :: l)
let row side i = { id = i; scale = side.Hints.scale_of i; numbers = side.Hints.row_of i }
let all n make = List.rev (List.rev_map make (up_to n []))

(* Whether the rows are of such a cover and all pairs are right; it is `whole_cover` that says so. *)
let holds spoil known (queries : Hints.side) (documents : Hints.side) columns =
  match all documents.n (fun i -> let r = row documents i in { v_row = r; v_mark = Spoil.mark spoil i (mark r.numbers) }) with
  | exception Other_rows -> None
  | vs ->
    let qs = all queries.n (row queries) in
    if whole_cover queries.n documents.n (Hints.nat ((columns - 1) / 2)) known qs vs then Some ((columns - 1) / 2) else None
