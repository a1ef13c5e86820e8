import type { Texto } from '../dominio/errores.ts'
import { type CodigoDeOrilla, errorDeOrilla } from './catalogo.ts'
import { puntero } from './puntero.ts'

/** Cuánto puede anidar un cuerpo (la raíz es el nivel 1) y cuántos elementos puede tener cada lista. */
export type LimitesJson = Readonly<{ profundidad: number; elementos: number }>

export const LIMITES_JSON: LimitesJson = { profundidad: 20, elementos: 1_000 }

type Falla = Readonly<{ codigo: CodigoDeOrilla; texto: Texto; ruta: string[] }>
type Revision = LimitesJson & Readonly<{ conEscapes: boolean }>

const falla = (codigo: CodigoDeOrilla, texto: Texto): Falla => ({ codigo, texto, ruta: [] })

/** Los nombres con que un objeto llega a su prototipo. Nada de lo que se guarda se llama así. */
export const esClaveProhibida = (clave: string): boolean => clave === '__proto__' || clave === 'constructor' || clave === 'prototype'

const CLAVE: Texto = { es: 'este nombre no se admite', en: 'this name is not accepted' }
const TEXTO: Texto = { es: 'lleva un carácter nulo o medio carácter', en: 'carries a null character or half a character' }
const hasta = (maximo: number): Texto => ({ es: `admite hasta ${maximo} elementos`, en: `takes at most ${maximo} items` })
const niveles = (maximo: number): Texto => ({ es: `pasa de ${maximo} niveles`, en: `goes beyond ${maximo} levels` })

/** La ruta se arma al volver: mientras nada falla no se reserva memoria. */
const en = (clave: string | number, interior: Falla): Falla => {
  interior.ruta.unshift(String(clave))
  return interior
}

const revisarLista = (lista: readonly unknown[], nivel: number, revision: Revision): Falla | undefined => {
  if (lista.length > revision.elementos) return falla('lista_demasiado_larga', hasta(revision.elementos))
  for (let i = 0; i < lista.length; i++) {
    const interior = revisar(lista[i], nivel, revision)
    if (interior !== undefined) return en(i, interior)
  }
  return undefined
}

const revisarObjeto = (objeto: Readonly<Record<string, unknown>>, nivel: number, revision: Revision): Falla | undefined => {
  for (const clave in objeto) {
    const interior = esClaveProhibida(clave) ? falla('clave_prohibida', CLAVE) : revisar(objeto[clave], nivel, revision)
    if (interior !== undefined) return en(clave, interior)
  }
  return undefined
}

const revisarTexto = (texto: string): Falla | undefined =>
  texto.isWellFormed() && !texto.includes('\0') ? undefined : falla('texto_mal_formado', TEXTO)

const revisar = (valor: unknown, nivel: number, revision: Revision): Falla | undefined => {
  if (typeof valor === 'string') return revision.conEscapes ? revisarTexto(valor) : undefined
  if (typeof valor !== 'object' || valor === null) return undefined
  if (nivel >= revision.profundidad) return falla('json_demasiado_profundo', niveles(revision.profundidad))
  if (Array.isArray(valor)) return revisarLista(valor, nivel + 1, revision)
  return revisarObjeto(valor as Record<string, unknown>, nivel + 1, revision)
}

const interpretar = (texto: string): unknown => {
  try {
    return JSON.parse(texto)
  } catch {
    throw errorDeOrilla(texto.trim() === '' ? 'cuerpo_vacio' : 'json_mal_formado')
  }
}

/**
 * El valor que dice `texto`, o un `ErrorDominio`: `json_mal_formado` o `cuerpo_vacio` si no es JSON (400); con el puntero
 * de lo que falla (422), `json_demasiado_profundo`, `lista_demasiado_larga`, `clave_prohibida` o `texto_mal_formado`.
 * Una marca de orden de bytes inicial se ignora (RFC 8259 §8.1); de una clave repetida vale la última.
 */
export const leerJson = (texto: string, limites: LimitesJson = LIMITES_JSON): unknown => {
  const valor = interpretar(texto.charCodeAt(0) === 0xfeff ? texto.slice(1) : texto)
  // En UTF-8 válido un nulo o un medio carácter sólo puede venir de un escape \u.
  const error = revisar(valor, 0, { ...limites, conEscapes: texto.includes('\\u') })
  if (error === undefined) return valor
  throw errorDeOrilla(error.codigo, [{ puntero: puntero(error.ruta), texto: error.texto }])
}
