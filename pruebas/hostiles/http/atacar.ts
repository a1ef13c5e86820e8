import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { aprenderDe, crearAprendido, Ficha } from '../apoyo/aprendido.ts'
import type { Blanco } from '../apoyo/blanco.ts'
import { abrirConexion, enviarCrudo, pedirUnaVez, type Respuesta } from './conexion.ts'
import { crudas } from './crudas.ts'
import { crearJuez, juzgarCruda } from './juez.ts'
import { type Documento, type Firmas, type Plan, planesDelDocumento } from './peticiones.ts'

export type Encargo = Readonly<{ peticiones: number; semilla: number /** Sólo las rutas que empiezan así. */; soloRutas?: string }>
export type Ataque = Readonly<{
  enviadas: number
  crudas: number
  segundos: number
  faltas: readonly string[]
  cuentas: ReadonlyMap<string, number>
  /** De cada ruta, cuántas se enviaron y cuántas salieron bien. */
  porRuta: ReadonlyMap<string, { enviadas: number; bien: number }>
  aprendido: Readonly<Record<string, number>>
  mitad: Readonly<{ usada: number; rss: number }>
  final: Readonly<{ usada: number; rss: number }>
  canario: Readonly<{ latencias: readonly number[]; malas: number }>
}>

const TANDA = 500
/** Bastan para que quien atiende no descanse: con más, sólo se espera más en la fila. */
const EN_VUELO = 12
/** De cada tantas, una va cruda por una conexión suya. */
const CRUDAS = 8
const FALTAS_MAXIMAS = 50

const dichoDe = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1').slice(0, 700))

const firmasDe = ({ firmar }: Blanco): Firmas => {
  const buena = firmar('ana', 'viajero')
  const [carga = '', firma = ''] = buena.split('.')
  return {
    // Muchos: quien prueba localizadores tiene un cupo.
    buenas: [buena, ...Array.from({ length: 200 }, (_, i) => firmar(`viajero-${i}`, 'viajero'))],
    operador: firmar('operador-1', 'operador'),
    malas: [`${carga}.${firma.slice(1)}`, `${carga}.`, `.${firma}`, `${carga}.${firma}.${firma}`, `e30.${firma}`, 'x'.repeat(1_025)],
  }
}

/** Aprende de lo que salió bien: ids, localizadores, ofertas, páginas y etiquetas. */
const aprender = (fuente: typeof Ficha.fuente, { estado, cabeceras, cuerpo }: Respuesta): void => {
  if (estado >= 300 || cuerpo.length === 0) return
  const token = /token_pagina=([^&>]+)/.exec(cabeceras)?.[1]
  if (token !== undefined) fuente.agregar('token_pagina', token)
  const etiqueta = /\r\netag: *([^\r]+)/i.exec(cabeceras)?.[1]
  if (etiqueta !== undefined) fuente.agregar('etiqueta', etiqueta)
  // De una lista larga basta lo primero.
  if (cuerpo.length < 20_000 && /\r\ncontent-type: application\/json/i.test(cabeceras)) aprenderDe(fuente, JSON.parse(cuerpo.toString()))
}

const abrirCanario = async (blanco: Blanco) => {
  const actor = `x-actor: ${blanco.firmar('canario', 'viajero')}\r\n`
  const { itinerarios } = PEDIDO
  const cuerpo = JSON.stringify({ itinerarios })
  const creada = await pedirUnaVez(
    blanco.puerto,
    `POST /vuelos/reserva HTTP/1.1\r\nhost: c\r\n${actor}content-type: application/json\r\ncontent-length: ${cuerpo.length}\r\n\r\n${cuerpo}`,
  )
  const { id } = JSON.parse(creada.cuerpo.toString())
  const hilo = new Worker(join(import.meta.dirname, 'canario.ts'), {
    workerData: { puerto: blanco.puerto, camino: `/vuelos/reserva/${id}`, cabeceras: actor },
  })
  return (): Promise<Ataque['canario']> =>
    new Promise((listo, fallar) => {
      hilo.once('message', listo).once('error', fallar)
      hilo.postMessage('basta')
    })
}

const leg = {
  fecha_salida: '2022-11-22T13:10:00Z',
  fecha_llegada: '2022-11-22T15:10:00Z',
  origen: { codigo: 'BOG' },
  destino: { codigo: 'JFK' },
}
const PEDIDO = { itinerarios: [{ odos: [{ segmentos: [{ legs: [leg] }] }] }] }

/** Ataca ese blanco con peticiones generadas de su propio documento OpenAPI, y cuenta lo que pasó. */
export const atacar = async (blanco: Blanco, { peticiones, semilla, soloRutas = '' }: Encargo): Promise<Ataque> => {
  const documento: Documento = JSON.parse((await pedirUnaVez(blanco.puerto, 'GET /spec HTTP/1.1\r\nhost: x\r\n\r\n')).cuerpo.toString())
  const paths = Object.fromEntries(Object.entries(documento.paths).filter(([ruta]) => ruta.startsWith(soloRutas)))
  const { rutas, planes } = planesDelDocumento({ paths }, firmasDe(blanco))
  const fuente = crearAprendido()
  Ficha.fuente = fuente
  const juez = crearJuez(blanco.puerto)
  const faltas: string[] = []
  const porRuta = new Map(rutas.map((ruta) => [ruta, { enviadas: 0, bien: 0 }]))
  let [enviadas, sueltas] = [0, 0]
  const cerrarCanario = await abrirCanario(blanco)
  const inicio = performance.now()

  const conexiones = Array.from({ length: EN_VUELO }, () => abrirConexion(blanco.puerto))
  const enviar = async (conexion: (typeof conexiones)[number], { ruta, sinCuerpo, escribir }: Plan): Promise<void> => {
    const bytes = escribir()
    const falta = await conexion.pedir(bytes, sinCuerpo).then(
      (respuesta) => {
        const suya = porRuta.get(ruta)
        if (suya !== undefined) suya.enviadas += 1
        if (suya !== undefined && respuesta.estado < 300) suya.bien += 1
        aprender(fuente, respuesta)
        return juez.juzgar(respuesta, sinCuerpo)
      },
      (error: Error) => error.message,
    )
    if (falta !== undefined) faltas.push(`${falta}: ${dichoDe(bytes)}`)
  }
  const enviarSuelta = async (bytes: Buffer): Promise<void> => {
    const falta = await enviarCrudo(blanco.puerto, bytes).then(juzgarCruda, (error: Error) => error.message)
    if (falta !== undefined) faltas.push(`cruda, ${falta}: ${dichoDe(bytes)}`)
  }

  /** Una tanda: cada conexión toma el siguiente plan mientras queden. */
  const tanda = async (numero: number, cuantas: number): Promise<void> => {
    const sueltasAhora = Math.ceil(cuantas / CRUDAS)
    const porEnviar: (Plan | Buffer)[] = [
      ...fc.sample(planes, { numRuns: cuantas - sueltasAhora, seed: semilla + numero }),
      ...fc.sample(crudas(), { numRuns: sueltasAhora, seed: semilla + numero }),
    ]
    let siguiente = 0
    await Promise.all(
      conexiones.map(async (conexion) => {
        for (let uno = porEnviar[siguiente++]; uno !== undefined && faltas.length < FALTAS_MAXIMAS; uno = porEnviar[siguiente++])
          await (Buffer.isBuffer(uno) ? enviarSuelta(uno) : enviar(conexion, uno))
      }),
    )
    enviadas += cuantas
    sueltas += sueltasAhora
  }
  const tandas = async (desde: number, hasta: number): Promise<void> => {
    for (let numero = desde; numero * TANDA < hasta && faltas.length < FALTAS_MAXIMAS; numero++) {
      await tanda(numero, Math.min(TANDA, hasta - numero * TANDA))
      if (numero % 40 === 39) console.error(`S1: ${enviadas} de ${peticiones}, ${faltas.length} faltas`)
    }
  }

  const mediaTanda = Math.floor(peticiones / 2 / TANDA)
  await tandas(0, mediaTanda * TANDA)
  const mitad = await blanco.hijo.pedir('reposar', {})
  await tandas(mediaTanda, peticiones)
  const segundos = (performance.now() - inicio) / 1_000
  const canario = await cerrarCanario()
  const final = await blanco.hijo.pedir('reposar', {})
  for (const conexion of conexiones) conexion.cerrar()
  return { enviadas, crudas: sueltas, segundos, faltas, cuentas: juez.cuentas, porRuta, aprendido: fuente.cuentas(), mitad, final, canario }
}
