import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alDrenar,
  apuntar,
  CAUSA,
  cuando,
  nombreNuevo,
  publicar,
  puerta,
  serie,
  unMensaje,
} from '../../../pruebas/contrato_broker/banco.ts'
import { type Averias, conAverias, sinAverias } from './almacen_fallido.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'

const probar = (nombre: string, cuerpo: (banco: BancoEmbebido, averias: Averias, topico: string) => Promise<void>): void =>
  void test(nombre, { timeout: 30_000 }, async () => {
    const averias = sinAverias()
    const banco = await abrirBancoEmbebido({ envolver: conAverias(averias) })
    await cuerpo(banco, averias, nombreNuevo())
    await banco.cerrar()
  })

/** Publica y el COMMIT parece fallar, pero queda escrito. */
const publicarConDuda = async ({ almacen, broker }: BancoEmbebido, topico: string, llave: string, id: string): Promise<void> => {
  const dudoso = conAverias({ ...sinAverias(), dudosa: true })(almacen)
  const publicacion = dudoso.ejecutar((tx) => broker.publicar(tx, [unMensaje({ topico, llave, id })]))
  await assert.rejects(publicacion, { codigo: 'resultado_desconocido' })
}

probar(
  'lo que quedó escrito aunque su COMMIT pareció fallar se entrega con la siguiente publicación, en su orden',
  async (banco, _, topico) => {
    const { ids } = await apuntar(banco, { topico, tipo: 'Key_Shared' })
    await publicar(banco, topico, [['a', 'a1']])
    await alDrenar(banco)
    await publicarConDuda(banco, topico, 'a', 'a2')
    await publicar(banco, topico, [['a', 'a3']])
    await cuando(banco, 'llegan los tres', () => ids().length >= 3)
    await alDrenar(banco)
    assert.deepEqual(ids(), ['a1', 'a2', 'a3'])
    assert.equal(banco.broker.atrasos()[0]?.pendientes, 0)
  },
)

/** Alguien que lee el tópico desde el principio, y lo que va leyendo. */
const leyendo = ({ broker }: BancoEmbebido, topico: string) => {
  const fin = new AbortController()
  const leidos: string[] = []
  const lectura = (async () => {
    for await (const { id } of broker.leer({ topico, desde: 'primero', senal: fin.signal })) leidos.push(id)
  })()
  const terminar = (): Promise<void> => {
    fin.abort()
    return lectura
  }
  return { leidos, terminar }
}

probar('y si nadie vuelve a publicar, al rato: a quien consume y a quien lee', async (banco, _, topico) => {
  const { ids } = await apuntar(banco, { topico })
  await publicar(banco, topico, ['1'])
  const { leidos, terminar } = leyendo(banco, topico)
  await cuando(banco, 'se lee lo primero', () => leidos.length === 1)
  await publicarConDuda(banco, topico, '2', '2')
  await banco.pasar(1_000)
  await alDrenar(banco)
  await cuando(banco, 'se lee lo segundo', () => leidos.length === 2)
  await terminar()
  assert.deepEqual(
    [ids(), leidos],
    [
      ['1', '2'],
      ['1', '2'],
    ],
  )
})

probar('también si lo siguiente que se publica es de otro tópico', async (banco, _, topico) => {
  const { ids } = await apuntar(banco, { topico })
  await publicar(banco, topico, ['1'])
  const { leidos, terminar } = leyendo(banco, topico)
  await cuando(banco, 'se lee lo primero', () => leidos.length === 1)
  await alDrenar(banco)
  await publicarConDuda(banco, topico, 'a', '2')
  await publicar(banco, nombreNuevo(), ['otro'])
  await cuando(banco, 'llega', () => ids().length === 2)
  await alDrenar(banco)
  await cuando(banco, 'se lee lo segundo', () => leidos.length === 2)
  await terminar()
})

probar('apartar con un COMMIT dudoso aparta una sola vez', async (banco, averias, topico) => {
  const { ids } = await apuntar(banco, {
    topico,
    manejar: async (entrega) => {
      averias.dudosa = true
      const apartado = entrega.apartar(CAUSA)
      banco.entorno.planificador.tras(500, () => {
        averias.dudosa = false
      })
      await apartado
    },
  })
  await publicar(banco, topico, ['malo'])
  await cuando(banco, 'visto', () => ids().length === 1)
  await banco.pasar(2_000)
  await alDrenar(banco)
  assert.deepEqual(
    (await banco.broker.apartados.ver({})).map(({ mensaje }) => mensaje.id),
    ['malo'],
  )
})

probar(
  'un saldo que el almacén no pudo guardar se repite hasta que puede, y el mensaje no se entrega otra vez',
  async (banco, averias, topico) => {
    const { ids } = await apuntar(banco, {
      topico,
      manejar: async () => {
        averias.escritura = true
      },
    })
    await publicar(banco, topico, ['1'])
    await cuando(banco, 'falló el acuse', () => banco.fallas.length > 0)
    await banco.pasar(5_000)
    assert.ok(banco.fallas.length >= 5)
    averias.escritura = false
    await banco.pasar(1_000)
    await alDrenar(banco)
    await banco.reabrir()
    const despues = await apuntar(banco, { topico })
    assert.equal(banco.broker.atrasos()[0]?.pendientes, 0)
    assert.deepEqual([ids(), despues.ids()], [['1'], []])
  },
)

for (const forma of ['acusar', 'rechazar', 'apartar'] as const)
  probar(`cerrar termina aunque el almacén no pueda ${forma}, y el mensaje vuelve en la vida siguiente`, async (banco, averias, topico) => {
    await apuntar(banco, {
      topico,
      manejar: async (entrega) => {
        averias.escritura = true
        if (forma !== 'acusar') await (forma === 'rechazar' ? entrega.rechazar(0, CAUSA) : entrega.apartar(CAUSA))
      },
    })
    await publicar(banco, topico, ['1'])
    await cuando(banco, 'falló', () => banco.fallas.length > 0)
    await banco.reabrir()
    averias.escritura = false
    const despues = await apuntar(banco, { topico })
    await alDrenar(banco)
    assert.deepEqual(despues.ids(), ['1'])
    assert.deepEqual(await banco.broker.apartados.ver({}), [])
  })

probar('una lectura que falla no calla a la suscripción: más tarde lee otra vez', async (banco, averias, topico) => {
  await publicar(banco, topico, serie(1_500))
  const { consumidor } = await apuntar(banco, { topico, nombre: 'otra' })
  await consumidor.cerrar()
  const { ids } = await apuntar(banco, { topico, permisos: 50 })
  averias.lectura = true
  await cuando(banco, 'falló la lectura', () => banco.fallas.length > 0)
  averias.lectura = false
  await banco.pasar(1_000)
  await cuando(banco, 'llegan todos', () => ids().length === 1_500)
})

probar('un mensaje que no se pudo releer vuelve, y no se queda con el permiso ni con su llave', async (banco, averias, topico) => {
  const primera = puerta()
  const { ids } = await apuntar(banco, {
    topico,
    tipo: 'Key_Shared',
    permisos: 1,
    manejar: async ({ mensaje }) => {
      if (mensaje.id !== '1') return
      await primera.pasar
      averias.lectura = true
    },
  })
  await publicar(
    banco,
    topico,
    serie(10).map((id) => ['a', id] as const),
  )
  await cuando(banco, 'el primero en vuelo', () => ids().length === 1)
  primera.abrir()
  await cuando(banco, 'falló la lectura', () => banco.fallas.length > 0)
  averias.lectura = false
  await banco.pasar(1_000)
  await alDrenar(banco)
  assert.deepEqual(ids(), serie(10))
})

probar('un manejador que termina antes que su propia unidad no deja nada colgado', async (banco, _, topico) => {
  const unidades: Promise<void>[] = []
  const { ids } = await apuntar(banco, {
    topico,
    permisos: 1,
    manejar: async (entrega) => {
      unidades.push(banco.ejecutar((tx) => entrega.acusar(tx)))
    },
  })
  await publicar(banco, topico, serie(20))
  await alDrenar(banco)
  await Promise.all(unidades)
  assert.deepEqual(ids(), serie(20))
  assert.deepEqual(banco.fallas, [])
})

probar('quien rechaza tarde, ya acusado por otro camino, no lo hace volver', async (banco, _, topico) => {
  const { ids, entregas } = await apuntar(banco, {
    topico,
    manejar: async (entrega) => {
      await banco.ejecutar((tx) => entrega.acusar(tx))
      throw new Error('después de acusar')
    },
  })
  await publicar(banco, topico, ['1', '2'])
  await alDrenar(banco)
  await banco.pasar(10_000)
  assert.deepEqual(ids(), ['1', '2'])
  await assert.rejects(async () => entregas[0]?.rechazar(0, CAUSA), /saldado/)
})

probar(
  'un apartado que no se puede escribir por un defecto propio no se repite sin fin: el mensaje se rechaza y vuelve',
  async (banco, _, topico) => {
    const causaImposible = { codigo: 'x', mensaje: 1n as unknown as string }
    const { entregas } = await apuntar(banco, {
      topico,
      manejar: async (entrega) => (entrega.intento === 1 ? entrega.apartar(causaImposible) : undefined),
    })
    await publicar(banco, topico, ['1'])
    await cuando(banco, 'vuelve', () => entregas.length === 2)
    await alDrenar(banco)
    assert.deepEqual(banco.fallas, [])
  },
)

probar('lo que no cabe en memoria espera en el log', async (banco, averias, topico) => {
  const primera = puerta()
  const { ids } = await apuntar(banco, { topico, permisos: 10, manejar: () => primera.pasar })
  await publicar(banco, topico, serie(3_000))
  await cuando(banco, 'en vuelo', () => ids().length === 10)
  averias.lectura = true
  primera.abrir()
  await cuando(banco, 'hace falta el log', () => banco.fallas.length > 0)
  for (let i = 0; i < 20; i++) await banco.pasar(1)
  assert.ok(ids().length <= 1_000, `había ${ids().length} en memoria`)
  averias.lectura = false
  await banco.pasar(1_000)
  await alDrenar(banco)
  assert.deepEqual(ids(), serie(3_000))
})

/** Sigue el tópico desde el primero, apuntando, hasta que se le dice. */
const seguir = (banco: BancoEmbebido, topico: string) => {
  const ids: string[] = []
  const aborto = new AbortController()
  const fin = (async () => {
    for await (const { id } of banco.broker.leer({ topico, desde: 'primero', senal: aborto.signal })) ids.push(id)
  })()
  const terminar = async (): Promise<void> => {
    aborto.abort()
    await fin
  }
  return { ids, terminar }
}

probar(
  'lo que se publica mientras una página llega no se pierde ni se repite, ni al repartir ni al leer',
  async (banco, averias, topico) => {
    averias.lenta = true
    const lectura = seguir(banco, topico)
    const { ids } = await apuntar(banco, { topico, permisos: 100 })
    let numero = 0
    while (numero < 1_000) {
      const tanda = Array.from({ length: 1 + (numero % 37) }, () => String(++numero))
      await publicar(banco, topico, tanda)
    }
    await cuando(banco, 'leídos', () => lectura.ids.length >= numero)
    await alDrenar(banco)
    await lectura.terminar()
    assert.deepEqual(ids(), serie(numero))
    assert.deepEqual(lectura.ids, serie(numero))
  },
)

probar('a quien lee le llega lo que se publicó mientras miraba, aunque después no se publique nada', async (banco, averias, topico) => {
  averias.lenta = true
  const lectura = seguir(banco, topico)
  for (let numero = 2; numero <= 20; numero += 2) {
    await publicar(banco, topico, [String(numero - 1)])
    await publicar(banco, topico, [String(numero)])
    await cuando(banco, `leído ${numero}`, () => lectura.ids.length === numero)
  }
  await lectura.terminar()
})
