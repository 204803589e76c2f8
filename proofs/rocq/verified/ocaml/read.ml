(* Reading of files. Trusted: what these functions return is what the theorems speak of. *)

let contents name =
  let c = open_in_bin name in
  let s = really_input_string c (in_channel_length c) in
  close_in c; s

(* ---- JSON. Strings become UTF-8, so that labels can be compared however they are written. ---- *)

type json = Text of string | Other of string | List of json list | Object of (string * json) list

let json s =
  let at = ref 0 and n = String.length s in
  let fail what = failwith (Printf.sprintf "JSON: %s at byte %d" what !at) in
  let rec skip () =
    if !at < n && (match s.[!at] with ' ' | '\n' | '\t' | '\r' -> true | _ -> false) then (incr at; skip ()) in
  let peek () = skip (); if !at < n then s.[!at] else fail "early end" in
  let eat c = if peek () <> c then fail (Printf.sprintf "no %c" c); incr at in
  let hex () =
    if !at + 4 > n then fail "early end";
    at := !at + 4; int_of_string ("0x" ^ String.sub s (!at - 4) 4) in
  let escaped b = function
    | 'n' -> Buffer.add_char b '\n' | 't' -> Buffer.add_char b '\t' | 'r' -> Buffer.add_char b '\r'
    | 'b' -> Buffer.add_char b '\b' | 'f' -> Buffer.add_char b '\012'
    | ('"' | '\\' | '/') as c -> Buffer.add_char b c
    | 'u' ->
      let u = hex () in
      let u = if u land 0xfc00 <> 0xd800 then u else (at := !at + 2; 0x10000 + ((u land 0x3ff) lsl 10) + (hex () land 0x3ff)) in
      if Uchar.is_valid u then Buffer.add_utf_8_uchar b (Uchar.of_int u) else fail "no character"
    | _ -> fail "no escape" in
  let text () =
    eat '"';
    let b = Buffer.create 16 in
    let rec go () =
      if !at >= n then fail "early end";
      let c = s.[!at] in
      incr at;
      if c = '\\' then (if !at >= n then fail "early end"; incr at; escaped b s.[!at - 1]; go ())
      else if c <> '"' then (Buffer.add_char b c; go ()) in
    go (); Buffer.contents b in
  let rec several close item so_far =
    if peek () = close then (incr at; List.rev so_far)
    else begin
      let x = item () in
      if peek () = ',' then incr at else if peek () <> close then fail "no comma";
      several close item (x :: so_far)
    end in
  let rec value () =
    match peek () with
    | '"' -> Text (text ())
    | '[' -> incr at; List (several ']' value [])
    | '{' -> incr at; Object (several '}' (fun () -> let k = text () in eat ':'; (k, value ())) [])
    | _ ->
      let from = !at in
      let ends c = match c with ',' | ']' | '}' | ' ' | '\n' | '\r' | '\t' -> true | _ -> false in
      while !at < n && not (ends s.[!at]) do incr at done;
      Other (String.sub s from (!at - from)) in
  let v = value () in
  skip (); if !at < n then fail "more than one value"; v

let has k = function Object o -> List.mem_assoc k o | _ -> false

let field k = function
  | Object o when List.length (List.filter (fun (l, _) -> l = k) o) = 1 -> List.assoc k o
  | _ -> failwith ("JSON: not one field " ^ k)

let list = function List l -> l | _ -> failwith "JSON: no list"
let text = function Text t -> t | _ -> failwith "JSON: no text"
let int = function Other t -> int_of_string t | _ -> failwith "JSON: no integer"
let pair x = match list x with [a; b] -> (int a, int b) | _ -> failwith "JSON: no pair"

(* ---- Numbers as (m, e), which means m * 2^e. Sign, exponent and fraction of IEEE 754 are cut out here; what they mean is proved. ---- *)

let finite = function Some x -> x | None -> failwith "a number that is not finite"

let float64 bits =
  let part shift mask = Int64.to_int (Int64.shift_right_logical bits shift) land mask in
  finite (Checker.float64_of (part 63 1 = 1) (part 52 0x7ff) (part 0 0xfffffffffffff))

let float32 bits = finite (Checker.float32_of (bits lsr 31 = 1) (bits lsr 23 land 0xff) (bits land 0x7fffff))
let float16 bits = finite (Checker.float16_of (bits lsr 15 = 1) (bits lsr 10 land 0x1f) (bits land 0x3ff))
let bfloat16 bits = finite (Checker.bfloat16_of (bits lsr 15 = 1) (bits lsr 7 land 0xff) (bits land 0x7f))
let of_float x = float64 (Int64.bits_of_float x)

(* ---- Arrays of numpy: rows by number. ---- *)

type array = { rows : int; columns : int; row : int -> (int * int) list }

(* Equal numbers of small types share their memory. *)
let shared size decode =
  let table = Array.make size None in
  fun bits ->
    match table.(bits) with
    | Some x -> x
    | None -> let x = decode bits in table.(bits) <- Some x; x

let npy dtype name =
  let s = contents name in
  if String.length s < 10 || String.sub s 0 8 <> "\x93NUMPY\x01\x00" then failwith (name ^ " is no .npy file of version 1");
  let start = 10 + String.get_uint16_le s 8 in
  let header = String.sub s 10 (start - 10) in
  let descr, rows, columns =
    try Scanf.sscanf header "{'descr': '%[^']', 'fortran_order': False, 'shape': (%d, %d), }" (fun a b c -> (a, b, c))
    with _ -> Scanf.sscanf header "{'descr': '%[^']', 'fortran_order': False, 'shape': (%d,), }" (fun a b -> (a, b, 1)) in
  let int8 = shared 256 (fun b -> ((if b > 127 then b - 256 else b), 0)) in
  let half = shared 65536 float16 and brain = shared 65536 bfloat16 in
  let size, number =
    match dtype, descr with
    | "float64", "<f8" -> 8, (fun at -> float64 (String.get_int64_le s at))
    | "float32", "<f4" -> 4, (fun at -> float32 (Int32.to_int (String.get_int32_le s at) land 0xffffffff))
    | "float16", "<f2" -> 2, (fun at -> half (String.get_uint16_le s at))
    | "bfloat16", "<u2" -> 2, (fun at -> brain (String.get_uint16_le s at))
    | "int8", "|i1" -> 1, (fun at -> int8 (String.get_uint8 s at))
    | _ -> failwith (Printf.sprintf "%s: %s in an embedding of %s" name descr dtype) in
  if String.length s <> start + (rows * columns * size) then failwith (name ^ ": length");
  { rows; columns; row = (fun i -> List.init columns (fun k -> number (start + (((i * columns) + k) * size)))) }

(* ---- An embedding folder, and what it is for. ---- *)

type embedding = {
  dtype : string; queries : array; documents : array;
  query_scale : int -> int * int; document_scale : int -> int * int;
  threshold : json; notion : string; labels : json }

let embedding folder =
  let file name = Filename.concat folder name in
  let info = json (contents (file "embedding.json")) in
  let dtype = text (field "dtype" info) in
  let queries = npy dtype (file "queries.npy") and documents = npy dtype (file "documents.npy") in
  if queries.columns <> documents.columns then failwith "queries and documents of different dimensions";
  let scale side n =
    match field side (field "scales" info) with
    | Other x -> let one = of_float (float_of_string x) in fun _ -> one
    | Text name ->
      let scales = npy "float32" (file name) in
      if scales.columns <> 1 || scales.rows <> n then failwith (name ^ ": not a scale for each row");
      fun i -> List.hd (scales.row i)
    | _ -> failwith "scales" in
  { dtype; queries; documents; query_scale = scale "queries" queries.rows;
    document_scale = scale "documents" documents.rows; threshold = field "threshold" info;
    notion = text (field "notion" info); labels = json (contents (file "labels.json")) }

type target = Hierarchy of (int * int) list | Judgments of (int * int) list

(* Rows are in the order of the target's labels: this is checked, and nothing is put in order. *)
let target name e =
  let t = json (contents name) in
  let result, queries, documents =
    if has "edges" t then
      let nodes = field "nodes" t in Hierarchy (List.rev (List.rev_map pair (list (field "edges" t)))), nodes, nodes
    else Judgments (List.rev (List.rev_map pair (list (field "pairs" t)))), field "queries" t, field "documents" t in
  let stored = match field "documents" e.labels with Text "as queries" -> field "queries" e.labels | l -> l in
  if field "queries" e.labels <> queries || stored <> documents then failwith "labels in another order than the target's";
  if List.length (list queries) <> e.queries.rows || List.length (list documents) <> e.documents.rows
  then failwith "as many labels as rows are needed";
  result
