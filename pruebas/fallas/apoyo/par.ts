import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { conCliente, nuevaBase } from 'seedwork/pruebas/postgres.ts'
import type { Alcance } from '../../../tests/apoyo/lugar.ts'
import { hastaQue } from '../../../tests/procesos/apoyo/hechos.ts'
import { leerTodo, nombreDe } from '../../../tests/pulsar/apoyo.ts'
import type { Encargo, Pregunta, Respuesta } from '../pausas_hijo.ts'

const HIJO = join(import.meta.dirname, '..', 'pausas_hijo.ts')
const DRENA_MS = 40_000

type Fila = Readonly<{ dueno: string | null; token: number }>
type Opciones = Readonly<{ puertoHttp: number; topico: string; arriendoMs: number; sinCerca: boolean }>

const vivos = new Set<ChildProcess>()
process.on('exit', () => {
  for (const hijo of vivos) hijo.kill('SIGKILL')
})

const abrirHijo = async (alcance: Alcance, encargo: Encargo) => {
  const hijo: ChildProcess = fork(HIJO, [JSON.stringify(encargo)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  alcance.after(() => void hijo.kill('SIGKILL'))
  vivos.add(hijo)
  hijo.once('exit', () => vivos.delete(hijo))
  const muerto = once(hijo, 'exit').then(([codigo]) =>
    Promise.reject(new Error(`${encargo.quien} de ${encargo.topico} terminó con ${codigo}`)),
  )
  muerto.catch(() => {})
  const esperar = async (): Promise<Respuesta> => ((await Promise.race([once(hijo, 'message'), muerto])) as [Respuesta])[0]
  await esperar()
  return {
    quien: encargo.quien,
    preguntar: async (que: Pregunta): Promise<Respuesta> => {
      const respuesta = esperar()
      hijo.send(que)
      return respuesta
    },
    cerrar: async (): Promise<void> => {
      const fin = once(hijo, 'exit')
      hijo.send('cerrar' satisfies Pregunta)
      await fin
    },
    senal: (cual: NodeJS.Signals): void => void hijo.kill(cual),
  }
}

export type Hijo = Awaited<ReturnType<typeof abrirHijo>>

/** Dos procesos que publican por un mismo tópico sobre una base de PostgreSQL: uno tiene el arriendo del relevo y el otro lo espera. */
export const abrirPar = async (alcance: Alcance, { topico, ...opciones }: Opciones) => {
  const base = await nuevaBase()
  alcance.after(base.borrar)
  const carpeta = mkdtempSync(join(tmpdir(), 'pausas-'))
  alcance.after(() => rmSync(carpeta, { recursive: true, force: true }))
  const comun = { ...opciones, base: base.direccion, carpeta, topico }
  const hijos = [await abrirHijo(alcance, { ...comun, quien: 'a' }), await abrirHijo(alcance, { ...comun, quien: 'b' })] as const
  const leer = <T>(sql: string): Promise<T[]> => conCliente(base.direccion, async (cliente) => (await cliente.query(sql)).rows)

  const arriendo = async (): Promise<Fila> => {
    const [fila] = await leer<{ dueno: string | null; token: string }>('SELECT dueno, token FROM pulsar_arriendos')
    return { dueno: fila?.dueno ?? null, token: Number(fila?.token ?? 0) }
  }
  /** Quién tiene el lugar, según la base, y quién lo espera. */
  const papeles = (): Promise<Readonly<{ dueno: Hijo; otro: Hijo; token: number }>> =>
    hastaQue('que alguien tenga el lugar', async () => {
      const { dueno, token } = await arriendo()
      const duenos = await Promise.all(hijos.map(async (hijo) => (await hijo.preguntar('cuenta')).cuenta.dueno))
      const cual = dueno === null ? -1 : duenos.indexOf(dueno)
      return cual === 0 ? { dueno: hijos[0], otro: hijos[1], token } : cual === 1 && { dueno: hijos[1], otro: hijos[0], token }
    })
  /** Ya nadie publica: espera a que salga todo, y dice qué falta, sobra o está fuera de su orden en el tópico. */
  const revisar = async (): Promise<readonly string[]> => {
    const publicados = await Promise.all(hijos.map(async (hijo) => [hijo.quien, (await hijo.preguntar('basta')).publicados] as const))
    const total = publicados.reduce((suma, [, cuantos]) => suma + cuantos, 0)
    const porSalir = async (): Promise<number> =>
      Number(
        (await leer<{ n: string }>('SELECT (SELECT count(*) FROM pulsar_salida) + (SELECT count(*) FROM pulsar_por_numerar) AS n'))[0]?.n,
      )
    await hastaQue('que salga todo', async () => (await porSalir()) === 0, DRENA_MS)
    const leidos = await leerDelBroker(opciones.puertoHttp, topico, total)
    return publicados.flatMap(([quien, cuantos]) => {
      const suyos = leidos.filter((id) => id.startsWith(`${quien}-`))
      const unicos = new Set(suyos)
      const debidos = Array.from({ length: cuantos }, (_, n) => `${quien}-${nombreDe(n)}`)
      return [
        ...debidos.filter((id) => !unicos.has(id)).map((id) => `${topico}: ${id} quedó 0 veces`),
        ...(unicos.size === suyos.length ? [] : [`${topico}: algo de ${quien} está repetido ${suyos.length - unicos.size} veces`]),
        ...(suyos.every((id, i) => i === 0 || id > (suyos[i - 1] ?? ''))
          ? []
          : [`${topico}: los de ${quien} tienen versiones en otro orden`]),
      ]
    })
  }
  return { hijos, arriendo, papeles, revisar, cerrar: () => Promise.all(hijos.map((hijo) => hijo.cerrar())) }
}

export type Par = Awaited<ReturnType<typeof abrirPar>>

/** Todo lo del tópico, y un poco más si algo está repetido. */
const leerDelBroker = async (puertoHttp: number, topico: string, total: number): Promise<readonly string[]> => {
  const lector = await abrirBrokerPulsar({
    entorno: entornoReal,
    servicio: { host: '127.0.0.1', puertoHttp, espacio: 'default' },
    alFallar: () => {},
  })
  const leidos = (await leerTodo(lector, topico, total)).map(({ id }) => id)
  await lector.cerrar()
  return leidos
}
