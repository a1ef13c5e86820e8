import { isUtf8 } from 'node:buffer'
import type { Texto } from '../../dominio/errores.ts'
import { type EsquemaAvro, type Nodo, type NodoRecord, nodoDe, type Primitivo } from './esquema_avro.ts'
import { MensajeIndescifrable } from './indescifrable.ts'

/** Hasta dónde puede llegar un mensaje: bytes en total y por texto, elementos en total y por colección, y anidamiento. */
export type Limites = Readonly<{ bytes: number; texto: number; elementos: number; elementosPorColeccion: number; profundidad: number }>

export const LIMITES: Limites = { bytes: 262_144, texto: 65_536, elementos: 10_000, elementosPorColeccion: 1_000, profundidad: 20 }

const fallar = (es: string, en: string): never => {
  const motivo: Texto = { es, en }
  throw new MensajeIndescifrable(motivo)
}

/** Claves que, puestas en un objeto, alcanzan su prototipo. */
const CLAVES_PROHIBIDAS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const CLAVE_PROHIBIDA_MAS_LARGA = 11

const MAYOR_POSITIVO = 2 ** 53 - 2
const MAYOR_NEGATIVO = 2 ** 52 - 1

/** Por dónde va el recorrido y cuánto le queda por gastar. */
class Cursor {
  readonly bytes: Uint8Array
  readonly limites: Limites
  posicion = 0
  private elementos = 0
  private hondura = 0

  constructor(bytes: Uint8Array, limites: Limites) {
    this.bytes = bytes
    this.limites = limites
  }

  avanzar(cuantos: number): void {
    this.posicion += cuantos
    if (this.posicion > this.bytes.length) fallar('está truncado', 'it is truncated')
  }

  octeto(): number {
    this.avanzar(1)
    return this.bytes[this.posicion - 1] ?? 0
  }

  /** Un varint con zigzag, en su forma más corta y que avsc lee exacto: de -2^52 a 2^53 - 2. El último bit del zigzag es el signo. */
  entero(): number {
    let octeto = this.octeto()
    const negativo = (octeto & 1) === 1
    let magnitud = (octeto & 0x7f) >> 1
    for (let escala = 64; octeto >= 0x80; escala *= 128) {
      octeto = this.octeto()
      magnitud += (octeto & 0x7f) * escala
      if (octeto === 0) fallar('un entero lleva bytes de más', 'an integer is over-long')
      if (magnitud > (negativo ? MAYOR_NEGATIVO : MAYOR_POSITIVO)) fallar('un entero se desborda', 'an integer overflows')
    }
    return negativo ? -magnitud - 1 : magnitud
  }

  entrar(): void {
    this.hondura += 1
    if (this.hondura > this.limites.profundidad) fallar('está demasiado anidado', 'it is nested too deeply')
  }

  salir(): void {
    this.hondura -= 1
  }

  /** Antes de recorrerlos: los elementos de un bloque pueden no ocupar ni un byte. */
  contar(bloque: number, enLaColeccion: number): void {
    this.elementos += bloque
    if (enLaColeccion > this.limites.elementosPorColeccion)
      fallar('una colección tiene demasiados elementos', 'a collection has too many items')
    if (this.elementos > this.limites.elementos) fallar('tiene demasiados elementos', 'it has too many items')
  }
}

type Paso = (cursor: Cursor) => void

const largo = (cursor: Cursor): number => {
  const bytes = cursor.entero()
  if (bytes < 0) fallar('un largo es negativo', 'a length is negative')
  if (bytes > cursor.limites.texto) fallar('un texto es demasiado largo', 'a string is too long')
  return bytes
}

const esAscii = (bytes: Uint8Array, desde: number, hasta: number): boolean => {
  for (let i = desde; i < hasta; i += 1) if ((bytes[i] ?? 0) >= 0x80) return false
  return true
}

const pasoBytes: Paso = (cursor) => cursor.avanzar(largo(cursor))

/** Pasa un texto y devuelve cuántos bytes ocupa, sin su largo. */
const pasarTexto = (cursor: Cursor): number => {
  const bytes = largo(cursor)
  const desde = cursor.posicion
  cursor.avanzar(bytes)
  const bueno = esAscii(cursor.bytes, desde, cursor.posicion) || isUtf8(cursor.bytes.subarray(desde, cursor.posicion))
  if (!bueno) fallar('un texto no es UTF-8', 'a string is not UTF-8')
  return bytes
}

const pasoClave: Paso = (cursor) => {
  const bytes = pasarTexto(cursor)
  if (bytes > CLAVE_PROHIBIDA_MAS_LARGA) return
  const clave = String.fromCharCode(...cursor.bytes.subarray(cursor.posicion - bytes, cursor.posicion))
  if (CLAVES_PROHIBIDAS.has(clave)) fallar('un mapa lleva una clave prohibida', 'a map has a forbidden key')
}

const pasoInt: Paso = (cursor) => {
  const valor = cursor.entero()
  if (valor !== (valor | 0)) fallar('un entero no cabe en 32 bits', 'an integer does not fit in 32 bits')
}

const pasoLogico: Paso = (cursor) => {
  if (cursor.octeto() > 1) fallar('un lógico no es ni 0 ni 1', 'a boolean is neither 0 nor 1')
}

const PASOS: Readonly<Record<Primitivo, Paso>> = {
  null: () => {},
  boolean: pasoLogico,
  int: pasoInt,
  long: (cursor) => void cursor.entero(),
  float: (cursor) => cursor.avanzar(4),
  double: (cursor) => cursor.avanzar(8),
  bytes: pasoBytes,
  string: (cursor) => void pasarTexto(cursor),
}

const pasoUnion =
  (ramas: readonly Paso[]): Paso =>
  (cursor) => {
    const rama = ramas[cursor.entero()]
    if (!rama) return fallar('una unión nombra una rama que no existe', 'a union names a branch that does not exist')
    rama(cursor)
  }

/** Un bloque de cuenta negativa declara su tamaño, que otros lectores usan para saltarlo: tiene que ser el verdadero. */
const finDeclarado = (cursor: Cursor): number => {
  const tamano = cursor.entero()
  return cursor.posicion + tamano
}

const recorrerBloque = (cursor: Cursor, cuenta: number, elemento: Paso): void => {
  const fin = cuenta < 0 ? finDeclarado(cursor) : undefined
  for (let i = Math.abs(cuenta); i > 0; i -= 1) elemento(cursor)
  if (fin !== undefined && fin !== cursor.posicion) fallar('un bloque miente sobre su tamaño', 'a block lies about its size')
}

const pasoColeccion =
  (elemento: Paso): Paso =>
  (cursor) => {
    cursor.entrar()
    let total = 0
    for (let cuenta = cursor.entero(); cuenta !== 0; cuenta = cursor.entero()) {
      total += Math.abs(cuenta)
      cursor.contar(Math.abs(cuenta), total)
      recorrerBloque(cursor, cuenta, elemento)
    }
    cursor.salir()
  }

const pasoEntrada =
  (valor: Paso): Paso =>
  (cursor) => {
    pasoClave(cursor)
    valor(cursor)
  }

type Compilados = Map<Nodo, Paso>

const pasoRecord = (nodo: NodoRecord, compilados: Compilados): Paso => {
  const campos: Paso[] = []
  const paso: Paso = (cursor) => {
    cursor.entrar()
    for (const campo of campos) campo(cursor)
    cursor.salir()
  }
  compilados.set(nodo, paso)
  for (const campo of nodo.campos) campos.push(compilar(campo.tipo, compilados))
  return paso
}

const compilar = (nodo: Nodo, compilados: Compilados): Paso => {
  switch (nodo.clase) {
    case 'primitivo':
      return PASOS[nodo.primitivo]
    case 'union':
      return pasoUnion(nodo.ramas.map((rama) => compilar(rama, compilados)))
    case 'array':
      return pasoColeccion(compilar(nodo.de, compilados))
    case 'map':
      return pasoColeccion(pasoEntrada(compilar(nodo.de, compilados)))
    case 'record':
      return compilados.get(nodo) ?? pasoRecord(nodo, compilados)
  }
}

/** Cada esquema se compila una vez: quien llama pasa siempre el mismo objeto. */
const recorridos = new WeakMap<object, Paso>()

const recorridoDe = (esquema: Exclude<EsquemaAvro, string>): Paso => {
  const previo = recorridos.get(esquema)
  if (previo) return previo
  const paso = compilar(nodoDe(esquema), new Map())
  recorridos.set(esquema, paso)
  return paso
}

/**
 * Recorre `bytes` según `esquema` sin construir ningún valor ni reservar memoria en proporción a lo que dicen contener. Si vuelve, son
 * un valor entero de ese esquema, sin sobrantes y dentro de `limites`, y decodificarlos es seguro; si no, lanza `MensajeIndescifrable`.
 */
export const comprobarAcotado = (esquema: Exclude<EsquemaAvro, string>, bytes: Uint8Array, limites: Limites = LIMITES): void => {
  if (bytes.length > limites.bytes) fallar('es demasiado grande', 'it is too large')
  const cursor = new Cursor(bytes, limites)
  recorridoDe(esquema)(cursor)
  if (cursor.posicion !== bytes.length) fallar('le sobran bytes al final', 'it has trailing bytes')
}
