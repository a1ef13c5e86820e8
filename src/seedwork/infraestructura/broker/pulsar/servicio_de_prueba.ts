import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as esperar } from 'node:timers/promises'
import { leerVariables, puerto, texto } from '../../variables.ts'

/** Dónde está el Pulsar de estas pruebas; lo dice quien lo arranca (`npm run test:pulsar`). */
export const pulsarDePrueba = (): Readonly<{ host: string; puertoHttp: number }> => {
  const { PULSAR_DE_PRUEBA_HOST, PULSAR_DE_PRUEBA_HTTP } = leerVariables(
    { PULSAR_DE_PRUEBA_HOST: texto('127.0.0.1'), PULSAR_DE_PRUEBA_HTTP: puerto(0) },
    process.env,
  )
  if (PULSAR_DE_PRUEBA_HTTP === 0)
    throw new Error('Estas pruebas se corren con `npm run test:pulsar`, que arranca el Pulsar que necesitan.')
  return { host: PULSAR_DE_PRUEBA_HOST, puertoHttp: PULSAR_DE_PRUEBA_HTTP }
}

/** Un pedido a la administración, que tiene que salir bien. */
export const administrarPrueba = async (ruta: string, metodo = 'GET', cuerpo?: unknown): Promise<unknown> => {
  const { host, puertoHttp } = pulsarDePrueba()
  const respuesta = await fetch(`http://${host}:${puertoHttp}/admin/v2/${ruta}`, {
    method: metodo,
    headers: { 'content-type': 'application/json' },
    ...(cuerpo !== undefined && { body: JSON.stringify(cuerpo) }),
  })
  const dicho = await respuesta.text()
  if (!respuesta.ok) throw new Error(`${metodo} ${ruta}: ${respuesta.status} ${dicho}`)
  return dicho === '' ? undefined : JSON.parse(dicho)
}

const UNA_HORA = { retentionTimeInMinutes: 60, retentionSizeInMB: -1 }
const NADA = { retentionTimeInMinutes: 0, retentionSizeInMB: 0 }

/** Un espacio de nombres propio, que desaparece con su prueba. */
export const nuevoEspacio = async () => {
  const espacio = `prueba-${randomUUID()}`
  const ruta = `namespaces/public/${espacio}`
  await administrarPrueba(ruta, 'PUT')
  await administrarPrueba(`${ruta}/retention`, 'POST', UNA_HORA)
  return {
    espacio,
    /** Borra lo que ninguna suscripción espera. */
    vencer: async (): Promise<void> => {
      const topicos = (await administrarPrueba(`persistent/public/${espacio}`)) as string[]
      await administrarPrueba(`${ruta}/retention`, 'POST', NADA)
      for (const topico of topicos) await recortar(topico.replace('persistent://', 'persistent/'))
      await administrarPrueba(`${ruta}/retention`, 'POST', UNA_HORA)
    },
    borrar: async (): Promise<void> => {
      await administrarPrueba(`${ruta}?force=true`, 'DELETE').catch(() => {})
    },
  }
}

type Cursores = Readonly<{ lastConfirmedEntry: string; cursors: Readonly<Record<string, { markDeletePosition: string }>> }>

/** Lo que guarda la cuenta de repetidos también retiene: hay que esperar a que se ponga al día. Descargarlo cierra el tramo abierto. */
const recortar = async (topico: string): Promise<void> => {
  const limite = performance.now() + 10_000
  for (let alDia = false; !alDia && performance.now() < limite; ) {
    const { lastConfirmedEntry, cursors } = (await administrarPrueba(`${topico}/internalStats`)) as Cursores
    alDia = cursors['pulsar.dedup']?.markDeletePosition === lastConfirmedEntry
    if (!alDia) await esperar(50)
  }
  await administrarPrueba(`${topico}/unload`, 'PUT')
  await administrarPrueba(`${topico}/internalStats`)
}

/** Un cable hasta Pulsar que se puede cortar de golpe, como se corta cuando muere el proceso que lo usaba. */
export const tenderCable = async (destino: Readonly<{ host: string; puertoHttp: number }>) => {
  const sockets = new Set<Socket>()
  const servidor = createServer((de) => {
    const hacia = connect(destino.puertoHttp, destino.host)
    for (const [uno, otro] of [
      [de, hacia],
      [hacia, de],
    ] as const) {
      sockets.add(uno)
      uno.setNoDelay(true)
      uno.pipe(otro)
      uno.on('error', () => otro.destroy())
      uno.on('close', () => {
        sockets.delete(uno)
        otro.destroy()
      })
    }
  })
  await new Promise<void>((resolver) => servidor.listen(0, '127.0.0.1', resolver))
  const direccion = servidor.address()
  if (direccion === null || typeof direccion === 'string') throw new Error('sin puerto')
  return {
    host: '127.0.0.1',
    puertoHttp: direccion.port,
    /** Corta lo que haya; quien vuelva encuentra el cable. */
    cortarConexiones: (): void => {
      for (const socket of sockets) socket.destroy()
    },
    cortar: (): void => {
      servidor.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
