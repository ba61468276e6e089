"use client";

import { useEffect } from "react";
import { exeunt } from "./client.js";

/** Lets the page live no longer than its session: it leaves when that ends, and is not shown again by Back. */
export function Watch({ session }) {
  useEffect(() => {
    exeunt(session).watch();
  }, [session]);
  return null;
}
