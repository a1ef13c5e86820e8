import assert from 'node:assert/strict'
import type { Respuesta } from './cliente.ts'

/** Lo que se espera de una respuesta: lanza si no es así. */
export type Expectativa = (respuesta: Respuesta) => void

type Expectativas = readonly [Expectativa, ...Expectativa[]]
type Entonces = Readonly<{
  entonces: (...expectativas: Expectativas) => Promise<void>
  /** Lo mismo, y da la respuesta para seguir con ella. */
  seObtiene: (...expectativas: Expectativas) => Promise<Respuesta>
}>

/** `await cuando(() => ana.reservar()).entonces(responde(200))`. */
export const cuando = (pedir: () => Promise<Respuesta>): Entonces => {
  const seObtiene = async (...expectativas: Expectativas): Promise<Respuesta> => {
    const respuesta = await pedir()
    for (const expectativa of expectativas) expectativa(respuesta)
    return respuesta
  }
  return { seObtiene, entonces: async (...expectativas) => void (await seObtiene(...expectativas)) }
}

/** `await dado(ana.unaReserva()).cuando(({ id }) => beto.reserva(id)).entonces(esProblema(404, 'reserva_no_encontrada'))`. */
export const dado = <D>(estado: Promise<D>): Readonly<{ cuando: (pedir: (estado: D) => Promise<Respuesta>) => Entonces }> => ({
  cuando: (pedir) => cuando(async () => pedir(await estado)),
})

/** Ese estado HTTP en JSON y, si se dan, al menos esos miembros con esos valores. */
export const responde =
  (estado: number, miembros?: object): Expectativa =>
  (respuesta) => {
    assert.equal(respuesta.estado, estado, respuesta.texto)
    assert.match(respuesta.cabeceras.get('content-type') ?? '', /^application\/json\b/)
    if (miembros !== undefined) assert.partialDeepStrictEqual(respuesta.json(), miembros)
  }

/** Un problema RFC 9457 completo con ese estado y código, en español, que se puede buscar por su correlación. */
export const esProblema =
  (estado: number, codigo: string, miembros: object = {}): Expectativa =>
  (respuesta) => {
    assert.equal(respuesta.estado, estado, respuesta.texto)
    assert.equal(respuesta.cabeceras.get('content-type'), 'application/problem+json; charset=utf-8')
    const correlacion = respuesta.cabeceras.get('x-correlation-id')
    assert.partialDeepStrictEqual(respuesta.json(), { type: `/problemas/${codigo}`, status: estado, codigo, instance: correlacion })
    assert.partialDeepStrictEqual(respuesta.json(), miembros)
    assert.ok(String(respuesta.json().title).length > 0 && String(respuesta.json().detail).length > 0)
  }

/** Una regla rota, con la frase que leen los clientes del tutorial. */
export const rompe = (regla: string, frase?: string): Expectativa =>
  frase === undefined ? esProblema(400, regla) : esProblema(400, regla, { error: `${regla} - ${frase}` })

/** 422 con exactamente esos punteros en `errors`, cada uno con su frase. */
export const senala =
  (codigo: string, ...punteros: readonly string[]): Expectativa =>
  (respuesta) => {
    esProblema(422, codigo)(respuesta)
    const errores = respuesta.json<{ errors: { pointer: string; detail: string }[] }>().errors
    assert.deepEqual(
      errores.map(({ pointer }) => pointer),
      punteros,
    )
    for (const { detail } of errores) assert.ok(detail.length > 0)
  }

/** La cabecera con ese valor, o de esa forma. `null`: no está. */
export const lleva =
  (cabecera: string, valor: string | RegExp | null): Expectativa =>
  ({ cabeceras }) => {
    const actual = cabeceras.get(cabecera)
    if (valor instanceof RegExp) assert.match(actual ?? '', valor)
    else assert.equal(actual, valor)
  }

/** Vale la pena repetir más tarde, y dice cuándo. */
export const pideRepetir: Expectativa = lleva('retry-after', /^[1-9][0-9]?$/)
